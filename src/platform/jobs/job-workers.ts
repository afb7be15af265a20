import { EventEmitter } from 'node:events';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import {
  Logger,
  parseCronItems,
  run,
  type RunnerOptions,
  runTaskList,
  type Task,
  type TaskList,
  type WorkerEvents,
  type WorkerPool,
} from 'graphile-worker';
import { ClusterNodes } from '../cluster/index.js';
import { requestContext } from '../context/request-context.js';
import { Metrics } from '../health/index.js';
import { Log } from '../logging/log.js';
import { Database, UnitOfWork } from '../persistence/index.js';
import { JOB_LANES, type JobLane, LANE_CONCURRENCY } from './job-lanes.js';
import { JobQueue, type RegisteredHandler } from './job-queue.js';

/**
 * Running jobs have this time to finish when the server shuts down. With delays of 0, the stop waits until each result is
 * written; else a job that finished just before the stop would run again.
 */
const SHUTDOWN_OPTIONS = {
  gracefulShutdownAbortTimeout: 1_500,
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
};

/** Runs the jobs of each lane in workers of its own. A lane without handlers has no workers. */
@Injectable()
export class JobWorkers implements OnApplicationBootstrap {
  private readonly pools: WorkerPool[] = [];

  constructor(
    private readonly queue: JobQueue,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly nodes: ClusterNodes,
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.startLanes();
    const runner = await run({
      ...this.buildOptions('general'),
      pgPool: this.unitOfWork.pool,
      taskList: {
        ...this.buildTaskList('general'),
        hourly: () => this.runTasks(this.queue.hourlyTasks),
        minutely: () => this.runTasks(this.queue.minutelyTasks),
      },
      parsedCronItems: parseCronItems([
        { task: 'hourly', match: '7 * * * *', options: { backfillPeriod: 0 } },
        { task: 'minutely', match: '* * * * *', options: { backfillPeriod: 0, maxAttempts: 1 } },
      ]),
    });
    runner.promise.catch((error: unknown) => this.log.error('jobs.stopped', error));
    this.database.beforeClose(async () => {
      const lanes = this.pools.map((pool) => pool.gracefulShutdown());
      await Promise.allSettled([runner.stop(), ...lanes]);
    });
  }

  /** Starts the lanes other than `general`. They get jobs when `general`, which listens for new jobs, wakes them up. */
  private startLanes(): void {
    for (const lane of JOB_LANES) {
      const tasks = this.buildTaskList(lane);
      if (lane === 'general' || Object.keys(tasks).length === 0) continue;
      const pool = runTaskList(this.buildOptions(lane), tasks, withoutListener(this.unitOfWork.pool));
      pool.promise.catch((error: unknown) => this.log.error('jobs.stopped', error, { lane }));
      this.pools.push(pool);
    }
  }

  private buildOptions(lane: JobLane): RunnerOptions {
    const events: WorkerEvents = new EventEmitter();
    events.on('pool:create', ({ workerPool }) => void this.registerWorkerPool(workerPool.id));
    events.on('pool:listen:notification', () => this.pools.forEach((pool) => pool.nudge(1)));
    this.countAttempts(events);
    return {
      events,
      concurrency: LANE_CONCURRENCY[lane],
      preset: { worker: SHUTDOWN_OPTIONS },
      noHandleSignals: true,
      logger: new Logger(() => (level, message) => {
        if (level === 'error') this.log.warn('jobs.worker', { lane, message });
      }),
    };
  }

  private countAttempts(events: WorkerEvents): void {
    events.on('job:success', ({ job }) => this.metrics.countJob(job.task_identifier, 'done'));
    events.on('job:error', ({ job }) => {
      if (job.attempts < job.max_attempts) this.metrics.countJob(job.task_identifier, 'retried');
    });
    events.on('job:failed', ({ job }) => this.metrics.countJob(job.task_identifier, 'failed'));
  }

  /** Publishes the id under which workers lock jobs, so that other nodes can unlock them when this process dies. */
  private async registerWorkerPool(pool: string): Promise<void> {
    await this.nodes
      .addWorkerPool(pool)
      .catch((error: unknown) => this.log.warn('jobs.worker', { message: String(error) }));
  }

  private buildTaskList(lane: JobLane): TaskList {
    const handlers = [...this.queue.handlers].filter(([, handler]) => handler.lane === lane);
    return Object.fromEntries(handlers.map(([name, handler]) => [name, this.toTask(name, handler)]));
  }

  private toTask(name: string, { handle }: RegisteredHandler): Task {
    return (payload, { job, abortPromise, abortSignal: signal }) =>
      new Promise<void>((resolve, reject) => {
        abortPromise.catch(reject); // at shutdown the job fails here, and another node retries it
        const jobRun = { attempt: job.attempts, attempts: job.max_attempts, signal };
        requestContext.run({ requestId: `job-${job.id}`, url: '/', setHeader: () => undefined }, () => {
          handle(this.queue.open(name, payload), jobRun).then(resolve, reject);
        });
      });
  }

  private async runTasks(tasks: readonly (() => Promise<void>)[]): Promise<void> {
    for (const task of tasks)
      await task().catch((error: unknown) => this.log.error('jobs.sweep_failed', error));
  }
}

type Pool = UnitOfWork['pool'];

/** Returns the pool without the form of `connect` that takes a callback: with it each lane would keep a connection to listen. */
function withoutListener(pool: Pool): Pool {
  const connect = (callback?: unknown): unknown => (callback ? undefined : pool.connect());
  return new Proxy(pool, {
    get: (target, name) => {
      if (name === 'connect') return connect;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
