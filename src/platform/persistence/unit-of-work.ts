import { setTimeout as pause } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { FairQueue } from '../concurrency/index.js';
import { AsyncValue } from '../context/index.js';
import { getPool } from './data-source.js';

type AfterCommitHook = () => void | Promise<void>;

interface TransactionScope {
  /** Set while a transaction is open. */
  runner?: QueryRunner;
  hooks: AfterCommitHook[];
  /** Of a deferred scope: the first unit of work opens the transaction, and the end of the scope commits it. */
  deferred?: DeferredHooks<never>;
}

interface DeferredHooks<Result> {
  /** Runs first in the transaction. When it throws, the transaction is rolled back. */
  begin?: () => Promise<void>;
  /** Runs last in the transaction, with the result of the work. */
  finish: (result: Result) => Promise<void>;
}

/** A prepared statement; each connection parses it once under its name. */
export interface Statement {
  name: string;
  text: string;
}

const LARGE_PAGE_SHARES = {
  name: 'large_pages',
  concurrency: 1,
  maxWaiting: 300,
  maxWaitingPerCaller: 60,
  retryAfter: 2,
};

/** Thrown in a transaction that has met a concurrent change: the whole transaction runs again. */
export class TransactionConflict extends Error {
  readonly code = '40001';
}

const MAX_ATTEMPTS = 4;
/** Serialization failure, deadlock. */
const ROLLED_BACK_CODES: readonly string[] = ['40001', '40P01'];
/** And foreign key violation: the retry of the transaction finds that the referenced row is gone. */
const RETRYABLE_CODES: readonly string[] = [...ROLLED_BACK_CODES, '23503'];

/**
 * Runs transactions in the async context. Use `run` for two or more writes that must agree; a single statement is atomic.
 * Nested calls join the transaction. After a serialization failure or deadlock the whole work runs again.
 */
export class UnitOfWork {
  private readonly scopes = new AsyncValue<TransactionScope>();
  /** Readers of large pages: parsing one and writing its JSON takes tens of milliseconds and megabytes. */
  readonly largePages = new FairQueue(LARGE_PAGE_SHARES);

  constructor(readonly dataSource: DataSource) {}

  /** Entity manager of the open transaction, else of the pool. */
  get manager(): EntityManager {
    return this.scopes.get()?.runner?.manager ?? this.dataSource.manager;
  }

  get inTransaction(): boolean {
    return this.scopes.get()?.runner !== undefined;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    const outer = this.scopes.get();
    if (outer?.runner) return work();
    if (outer?.deferred) {
      outer.runner = await this.begin();
      await outer.deferred.begin?.();
      return work();
    }
    return retry(RETRYABLE_CODES, () => this.runInScope({ hooks: [] }, work));
  }

  /**
   * Runs a write that is a single statement. It is atomic by itself, so it needs no transaction but the one that a request with
   * an idempotency key commits.
   */
  async runStatement<T>(write: () => Promise<T>): Promise<T> {
    return this.scopes.get()?.deferred ? this.run(write) : write();
  }

  /**
   * Commits all units of work of `work` together with `finish`, which receives the result: after a crash both exist or neither
   * does. The first unit of work opens the transaction, in which `begin` runs first.
   */
  async runDeferred<T>(work: () => Promise<T>, deferred: DeferredHooks<T>): Promise<T> {
    if (this.scopes.get()) throw new Error('A deferred unit of work cannot be nested.');
    const workThenFinish = async (): Promise<T> => {
      const result = await work();
      await this.run(() => deferred.finish(result));
      return result;
    };
    return retry(RETRYABLE_CODES, () => this.runInScope({ hooks: [], deferred }, workThenFinish));
  }

  /**
   * Runs a transaction that commits even if the request fails afterwards: for what another server has answered, which stays true.
   * Throws in a transaction.
   */
  async runDetached<T>(work: () => Promise<T>): Promise<T> {
    if (this.inTransaction) throw new Error('A detached unit of work cannot be nested.');
    return this.scopes.exit(() => this.run(work));
  }

  /** Runs `hook` after the surrounding transaction has committed; at once without a transaction. */
  async afterCommit(hook: AfterCommitHook): Promise<void> {
    const scope = this.scopes.get();
    if (scope?.runner) scope.hooks.push(hook);
    else await hook();
  }

  /** Throws in a transaction. Clients of external services call it: a network request must not keep a transaction open. */
  assertNoTransaction(): void {
    if (this.inTransaction) throw new Error('An outbound call was made inside a transaction.');
  }

  /**
   * Runs a prepared statement in the open transaction, else on the pool. A statement of its own that PostgreSQL rolled back
   * because of concurrent ones runs again.
   */
  async query<Row extends object>({ name, text }: Statement, values: unknown[]): Promise<Row[]> {
    const runner = this.scopes.get()?.runner;
    if (!runner)
      return retry(ROLLED_BACK_CODES, async () => (await this.pool.query<Row>({ name, text, values })).rows);
    const client = (await runner.connect()) as PoolClient;
    return (await client.query<Row>({ name, text, values })).rows;
  }

  get pool(): Pool {
    return getPool(this.dataSource);
  }

  private async runInScope<T>(scope: TransactionScope, work: () => Promise<T>): Promise<T> {
    if (!scope.deferred) scope.runner = await this.begin();
    try {
      const result = await this.scopes.run(scope, work);
      await scope.runner?.commitTransaction();
      await this.release(scope);
      for (const hook of scope.hooks) await hook();
      return result;
    } catch (error) {
      if (scope.runner?.isTransactionActive) await scope.runner.rollbackTransaction().catch(() => undefined);
      await this.release(scope);
      throw error;
    }
  }

  private async begin(): Promise<QueryRunner> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.startTransaction();
      return runner;
    } catch (error) {
      await runner.release();
      throw error;
    }
  }

  private async release(scope: TransactionScope): Promise<void> {
    const { runner } = scope;
    scope.runner = undefined;
    if (runner && !runner.isReleased) await runner.release();
  }
}

/** Runs `work` again when PostgreSQL has rolled it back with one of these codes. */
async function retry<T>(codes: readonly string[], work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !codes.includes(getErrorCode(error))) throw error;
      await pause(attempt * 10);
    }
  }
}

function getErrorCode(error: unknown): string {
  const { code = '', driverError } = (error ?? {}) as { code?: string; driverError?: { code?: string } };
  return driverError?.code ?? code;
}
