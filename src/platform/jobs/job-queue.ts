import { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Logger, parseCronItems, run, type Runner, type TaskList, type WorkerEvents } from 'graphile-worker';
import { ClusterNodes } from '../cluster/index.js';
import { requestContext } from '../context/request-context.js';
import { SecretBox } from '../crypto/index.js';
import { Metrics } from '../health/index.js';
import { Log } from '../logging/log.js';
import { Database, UnitOfWork } from '../persistence/index.js';

type Handler = (payload: unknown) => Promise<void>;

export interface JobOptions {
  /** Attempts, with exponential delays, before the job is abandoned. */
  attempts?: number;
  /** Seconds until the job is due; by default 0. */
  delay?: number;
}

const ADD_JOB = {
  name: 'jobs.add',
  text: `SELECT graphile_worker.add_job($1, json_build_object('sealed', $2::text), max_attempts => $3,
           run_at => now() + make_interval(secs => $4))`,
};

const COUNT_DUE_JOBS = {
  name: 'jobs.count_due',
  text: `SELECT count(*)::int AS count FROM graphile_worker.jobs
         WHERE starts_with(task_identifier, $1) AND run_at <= now() AND attempts < max_attempts`,
};

const SETTLE_POLLS = 100;
const SETTLE_POLL_MS = 20;
const CONCURRENCY = 4;
/**
 * Running jobs have this time to finish when the server shuts down. With delays of 0, the stop waits until each result is
 * written; else a job that finished just before the stop would run again.
 */
const SHUTDOWN_OPTIONS = {
  gracefulShutdownAbortTimeout: 1_500,
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
};

/**
 * Runs work that must survive a crash. A job is a row that is written in the transaction of the caller; after the commit any
 * node runs it within milliseconds. A failed job is retried, and another node takes over when a node dies. Payloads are
 * encrypted, and deleted when the job is done.
 */
@Injectable()
export class JobQueue implements OnApplicationBootstrap {
  private readonly handlers = new Map<string, Handler>();
  private readonly hourlyTasks: (() => Promise<void>)[] = [];
  private runner: Runner | undefined;

  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly box: SecretBox,
    private readonly nodes: ClusterNodes,
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  /** Registers the handler of a kind of job; called once during the start. */
  registerHandler(name: string, handler: Handler): void {
    this.handlers.set(name, handler);
  }

  /** Runs `task` once an hour on one of the nodes. */
  registerHourly(task: () => Promise<void>): void {
    this.hourlyTasks.push(task);
  }

  async enqueue(
    name: string,
    payload: unknown,
    { attempts = 12, delay = 0 }: JobOptions = {},
  ): Promise<void> {
    const sealed = this.box.seal(`job/${name}`, JSON.stringify(payload)).toString('base64');
    await this.unitOfWork.query(ADD_JOB, [name, sealed, attempts, delay]);
  }

  /** Waits until no job whose name begins with `prefix` is due or running, for at most two seconds. */
  async settle(prefix: string): Promise<void> {
    for (let poll = 0; poll < SETTLE_POLLS; poll += 1) {
      const [row] = await this.unitOfWork.query<{ count: number }>(COUNT_DUE_JOBS, [prefix]);
      if (row?.count === 0) return;
      await pause(SETTLE_POLL_MS);
    }
  }

  async onApplicationBootstrap(): Promise<void> {
    const cronItems = parseCronItems([
      { task: 'hourly', match: '7 * * * *', options: { backfillPeriod: 0 } },
    ]);
    const events: WorkerEvents = new EventEmitter();
    events.on('pool:create', ({ workerPool }) => void this.registerWorkerPool(workerPool.id));
    this.countAttempts(events);
    this.runner = await run({
      events,
      pgPool: this.unitOfWork.pool,
      taskList: this.buildTaskList(),
      parsedCronItems: cronItems,
      concurrency: CONCURRENCY,
      preset: { worker: SHUTDOWN_OPTIONS },
      noHandleSignals: true,
      logger: new Logger(() => (level, message) => {
        if (level === 'error') this.log.warn('jobs.worker', { message });
      }),
    });
    this.database.beforeClose(async () => this.runner?.stop().catch(() => undefined));
    this.runner.promise.catch((error: unknown) => this.log.error('jobs.stopped', error));
  }

  private countAttempts(events: WorkerEvents): void {
    events.on('job:success', ({ job }) => this.metrics.countJob(job.task_identifier, 'done'));
    events.on('job:error', ({ job }) => {
      if (job.attempts < job.max_attempts) this.metrics.countJob(job.task_identifier, 'retried');
    });
    events.on('job:failed', ({ job }) => this.metrics.countJob(job.task_identifier, 'failed'));
  }

  /** Publishes the id under which this process locks jobs, so that other nodes can unlock them when it dies. */
  private async registerWorkerPool(pool: string): Promise<void> {
    await this.nodes
      .setWorkerPool(pool)
      .catch((error: unknown) => this.log.warn('jobs.worker', { message: String(error) }));
  }

  private buildTaskList(): TaskList {
    const tasks: TaskList = { hourly: () => this.runHourlyTasks() };
    for (const [name, handler] of this.handlers) {
      tasks[name] = (payload, { job, abortPromise }) =>
        new Promise<void>((resolve, reject) => {
          abortPromise.catch(reject); // at shutdown the job fails here, and another node retries it
          requestContext.run({ requestId: `job-${job.id}`, url: '/', setHeader: () => undefined }, () => {
            const { sealed } = payload as { sealed: string };
            const opened = JSON.parse(this.box.open(`job/${name}`, Buffer.from(sealed, 'base64'))) as unknown;
            handler(opened).then(resolve, reject);
          });
        });
    }
    return tasks;
  }

  private async runHourlyTasks(): Promise<void> {
    for (const task of this.hourlyTasks)
      await task().catch((error: unknown) => this.log.error('jobs.sweep_failed', error));
  }
}
