import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '@/platform/persistence/index.js';
import {
  type RateLimitPolicy,
  type RateLimitReservation,
  type RateLimitDecision,
  WindowStore,
} from '../rate-limit-policy.js';

const CONSUME = {
  name: 'rate_windows.take',
  text: `INSERT INTO rate_windows AS w (policy, key, hits, expires_at)
         VALUES ($1, $2, ARRAY[$3::timestamptz], $4)
         ON CONFLICT (policy, key) DO UPDATE
         SET hits = ARRAY(SELECT h FROM unnest(w.hits) AS h WHERE h > $5 ORDER BY h) || $3::timestamptz,
             expires_at = $4
         WHERE (SELECT count(*) FROM unnest(w.hits) AS h WHERE h > $5) < $6
         RETURNING cardinality(hits) AS count, hits[1] AS oldest`,
};

const COUNT = {
  name: 'rate_windows.look',
  text: `SELECT count(h)::int AS count, min(h) AS oldest
         FROM rate_windows, unnest(hits) AS h WHERE policy = $1 AND key = $2 AND h > $3`,
};

const RELEASE = {
  name: 'rate_windows.give_back',
  text: `UPDATE rate_windows
         SET hits = hits[:array_position(hits, $3::timestamptz) - 1] || hits[array_position(hits, $3::timestamptz) + 1:]
         WHERE policy = $1 AND key = $2 AND $3::timestamptz = ANY(hits)`,
};

interface WindowCount {
  count: number;
  oldest: Date | null;
}

/**
 * Stores windows in PostgreSQL. Statements run on the pool and never in the transaction of the caller: an attempt counts even
 * when the request is rolled back.
 */
@Injectable()
export class PostgresWindowStore extends WindowStore {
  constructor(private readonly unitOfWork: UnitOfWork) {
    super();
  }

  async consume(policy: RateLimitPolicy, key: Buffer, at: Date): Promise<RateLimitDecision> {
    const since = new Date(at.getTime() - policy.window * 1000);
    const until = new Date(at.getTime() + policy.window * 1000);
    const [consumed] = await this.query<WindowCount>(CONSUME, [
      policy.name,
      key,
      at,
      until,
      since,
      policy.limit,
    ]);
    const [counted] = consumed ? [consumed] : await this.query<WindowCount>(COUNT, [policy.name, key, since]);
    const oldest = counted?.oldest ?? at;
    return {
      allowed: consumed !== undefined,
      count: counted?.count ?? 0,
      retryAt: new Date(oldest.getTime() + policy.window * 1000),
    };
  }

  async release({ policy, key, at }: RateLimitReservation): Promise<void> {
    await this.query(RELEASE, [policy.name, key, at]);
  }

  async clear(policy: RateLimitPolicy, key: Buffer): Promise<void> {
    const text = 'DELETE FROM rate_windows WHERE policy = $1 AND key = $2';
    await this.query({ name: 'rate_windows.clear', text }, [policy.name, key]);
  }

  private async query<Row extends object>(
    statement: { name: string; text: string },
    values: unknown[],
  ): Promise<Row[]> {
    return (await this.unitOfWork.pool.query<Row>({ ...statement, values })).rows;
  }
}
