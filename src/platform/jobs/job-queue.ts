import { EventEmitter } from 'node:events';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Logger, parseCronItems, run, type Runner, type TaskList, type WorkerEvents } from 'graphile-worker';
import { ClusterNodes } from '../cluster/index.js';
import { requestContext } from '../context/request-context.js';
import { SecretBox } from '../crypto/index.js';
import { Log } from '../logging/log.js';
import { Database, UnitOfWork } from '../persistence/index.js';

type Handler = (payload: unknown) => Promise<void>;

export interface JobOptions {
  /** Attempts with growing pauses before the job is given up. */
  attempts?: number;
}

const ADD_JOB = {
  name: 'jobs.add',
  text: `SELECT graphile_worker.add_job($1, json_build_object('sealed', $2::text), max_attempts => $3)`,
};

const CONCURRENCY = 4;
/**
 * When the server drains, running jobs may go on for a moment. The delays of 0 are what makes a stop wait until
 * the outcome of each is written; else a job done at the last moment would be done again.
 */
const SHUTDOWN_OPTIONS = {
  gracefulShutdownAbortTimeout: 1_500,
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
};

/**
 * Work that must survive a crash: a row written in the caller's transaction, picked up within milliseconds of
 * the commit by any node, repeated until it succeeds, by others when the node dies. Payloads are sealed at rest and gone when done.
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
  ) {}

  /** Declares what does the work of `name`; called once, while the application starts. */
  registerHandler(name: string, handler: Handler): void {
    this.handlers.set(name, handler);
  }

  /** Runs `work` once an hour on one of the nodes. */
  registerHourly(task: () => Promise<void>): void {
    this.hourlyTasks.push(task);
  }

  async enqueue(name: string, payload: unknown, { attempts = 12 }: JobOptions = {}): Promise<void> {
    const sealed = this.box.seal(`job/${name}`, JSON.stringify(payload)).toString('base64');
    await this.unitOfWork.query(ADD_JOB, [name, sealed, attempts]);
  }

  async onApplicationBootstrap(): Promise<void> {
    const cronItems = parseCronItems([
      { task: 'hourly', match: '7 * * * *', options: { backfillPeriod: 0 } },
    ]);
    const events: WorkerEvents = new EventEmitter();
    events.on('pool:create', ({ workerPool }) => void this.registerWorkerPool(workerPool.id));
    this.runner = await run({
      events,
      pgPool: this.unitOfWork.pool as never,
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

  /** What this process has begun when it dies is done by another. */
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
          abortPromise.catch(reject); // handed back: it fails here and is tried again by whoever is left
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
