import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '@/platform/persistence/index.js';
import {
  type RateLimitPolicy,
  type RateLimitDecision,
  type StoredUse,
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

const LOOK = {
  name: 'rate_windows.look_all',
  text: `SELECT count(h)::int AS count, min(h) AS oldest
         FROM unnest($1::text[], $2::bytea[], $3::timestamptz[]) WITH ORDINALITY AS u (policy, key, since, position)
         LEFT JOIN rate_windows w ON w.policy = u.policy AND w.key = u.key
         LEFT JOIN LATERAL unnest(w.hits) AS h ON h > u.since
         GROUP BY u.position ORDER BY u.position`,
};

const CLEAR_PREFIX = {
  name: 'rate_windows.clear_prefix',
  text: `DELETE FROM rate_windows WHERE policy = $1 AND key >= $2 AND key <= $2 || $3`,
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
    return { ...toDecision(policy, at, counted), allowed: consumed !== undefined };
  }

  /** Decides on uses without counting them, in their order. */
  async look(uses: StoredUse[]): Promise<RateLimitDecision[]> {
    if (uses.length === 0) return [];
    const rows = await this.query<WindowCount>(LOOK, [
      uses.map(({ policy }) => policy.name),
      uses.map(({ key }) => key),
      uses.map(({ policy, at }) => new Date(at.getTime() - policy.window * 1000)),
    ]);
    return uses.map(({ policy, at }, index) => toDecision(policy, at, rows[index]));
  }

  async release({ policy, key, at }: StoredUse): Promise<void> {
    await this.query(RELEASE, [policy.name, key, at]);
  }

  /** Removes the windows whose key begins with `prefix`. */
  async clearPrefix(policy: RateLimitPolicy, prefix: Buffer): Promise<void> {
    await this.query(CLEAR_PREFIX, [policy.name, prefix, Buffer.alloc(prefix.length, 0xff)]);
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

function toDecision(policy: RateLimitPolicy, at: Date, counted: WindowCount | undefined): RateLimitDecision {
  const { count, oldest } = counted ?? { count: 0, oldest: null };
  return {
    allowed: count < policy.limit,
    count,
    retryAt: new Date((oldest ?? at).getTime() + policy.window * 1000),
  };
}
