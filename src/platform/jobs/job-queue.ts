import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { SecretBox } from '../crypto/index.js';
import { UnitOfWork } from '../persistence/index.js';
import type { JobLane } from './job-lanes.js';

/** The execution of a job. */
export interface JobRun {
  /** The number of this attempt, from 1. Attempts of processes that died count. */
  attempt: number;
  /** The number of attempts after which the job is abandoned. */
  attempts: number;
  /** Aborted when the server shuts down. The job has failed then, and another process retries it. */
  signal: AbortSignal;
}

export type JobHandler = (payload: unknown, run: JobRun) => Promise<void>;

export interface RegisteredHandler {
  lane: JobLane;
  handle: JobHandler;
}

export interface JobOptions {
  /** Attempts, with exponential delays, before the job is abandoned. */
  attempts?: number;
  /** Seconds until the job is due; by default 0. */
  delay?: number;
  /** Replaces a job with the same key that has not started. */
  key?: string;
  /** Jobs with the same serial key, such as an owner, run one after the other, and take turns with those of other keys. */
  serialKey?: string;
}

const ADD_JOB = {
  name: 'jobs.add',
  text: `SELECT graphile_worker.add_job($1, json_build_object('sealed', $2::text), max_attempts => $3,
           run_at => now() + make_interval(secs => $4), job_key => $5)`,
};

/**
 * Start-time fair queueing: the priority is the virtual start time of the job. It comes after the last job of the same key, and
 * not before the jobs that wait at present, so a key with one job does not wait for the thousand jobs of another, and is not
 * overtaken for ever either.
 */
const ADD_SERIAL_JOB = {
  name: 'jobs.add_serial',
  text: `SELECT graphile_worker.add_job($1, json_build_object('sealed', $2::text), max_attempts => $3,
           run_at => now() + make_interval(secs => $4), job_key => $5, queue_name => $6,
           priority => (SELECT LEAST(GREATEST(max(priority) FILTER (WHERE queue_name = $6) + 1, min(priority), 0), 32767)
                        FROM graphile_worker.jobs WHERE task_identifier = $1 AND attempts < max_attempts))`,
};

/** Like ADD_SERIAL_JOB, for jobs of several serial keys. */
const ADD_SERIAL_JOBS = {
  name: 'jobs.add_serial_each',
  text: `SELECT graphile_worker.add_job($1, json_build_object('sealed', n.sealed), max_attempts => $4, queue_name => n.queue,
           priority => (SELECT LEAST(GREATEST(max(priority) FILTER (WHERE queue_name = n.queue) + 1, min(priority), 0), 32767)
                        FROM graphile_worker.jobs WHERE task_identifier = $1 AND attempts < max_attempts))
         FROM unnest($2::text[], $3::text[]) AS n (sealed, queue)`,
};

const DEFAULT_ATTEMPTS = 12;

const COUNT_DUE_JOBS = {
  name: 'jobs.count_due',
  text: `SELECT count(*)::int AS count FROM graphile_worker.jobs
         WHERE starts_with(task_identifier, $1) AND run_at <= now() AND attempts < max_attempts`,
};

const SETTLE_POLLS = 100;
const SETTLE_POLL_MS = 20;

/**
 * Queues work that must survive a crash. A job is a row that is written in the transaction of the caller; after the commit any
 * node runs it within milliseconds. A failed job is retried, and another node takes over when a node dies. Payloads are
 * encrypted, and deleted when the job is done.
 */
@Injectable()
export class JobQueue {
  readonly handlers = new Map<string, RegisteredHandler>();
  readonly hourlyTasks: (() => Promise<void>)[] = [];
  readonly minutelyTasks: (() => Promise<void>)[] = [];

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly box: SecretBox,
  ) {}

  /** Registers the handler of a kind of job; called once during the start. */
  registerHandler(name: string, handle: JobHandler, lane: JobLane = 'general'): void {
    this.handlers.set(name, { lane, handle });
  }

  /** Runs `task` once an hour on one of the nodes. */
  registerHourly(task: () => Promise<void>): void {
    this.hourlyTasks.push(task);
  }

  /** Runs `task` once a minute on one of the nodes. */
  registerMinutely(task: () => Promise<void>): void {
    this.minutelyTasks.push(task);
  }

  async enqueue(
    name: string,
    payload: unknown,
    { attempts = DEFAULT_ATTEMPTS, delay = 0, key, serialKey }: JobOptions = {},
  ): Promise<void> {
    const sealed = this.seal(name, payload);
    const values = [name, sealed, attempts, delay, key ?? null];
    if (serialKey === undefined) await this.unitOfWork.query(ADD_JOB, values);
    else await this.unitOfWork.query(ADD_SERIAL_JOB, [...values, `${name}/${serialKey}`]);
  }

  /** Queues one job for each payload, in one statement. */
  async enqueueEach(name: string, jobs: readonly { payload: unknown; serialKey: string }[]): Promise<void> {
    const payloads = jobs.map(({ payload }) => this.seal(name, payload));
    const queues = jobs.map(({ serialKey }) => `${name}/${serialKey}`);
    await this.unitOfWork.query(ADD_SERIAL_JOBS, [name, payloads, queues, DEFAULT_ATTEMPTS]);
  }

  /** Returns the payload of a stored job. */
  open(name: string, stored: unknown): unknown {
    const { sealed } = stored as { sealed: string };
    return JSON.parse(this.box.open(`job/${name}`, Buffer.from(sealed, 'base64')));
  }

  /** Waits until no job whose name begins with `prefix` is due or running, for at most two seconds. */
  async settle(prefix: string): Promise<void> {
    for (let poll = 0; poll < SETTLE_POLLS; poll += 1) {
      const [row] = await this.unitOfWork.query<{ count: number }>(COUNT_DUE_JOBS, [prefix]);
      if (row?.count === 0) return;
      await pause(SETTLE_POLL_MS);
    }
  }

  private seal(name: string, payload: unknown): string {
    return this.box.seal(`job/${name}`, JSON.stringify(payload)).toString('base64');
  }
}
