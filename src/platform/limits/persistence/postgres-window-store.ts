import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { type Policy, type Reservation, type Verdict, WindowStore } from '../rate-limit-policy.js';

const TAKE = {
  name: 'rate_windows.take',
  text: `INSERT INTO rate_windows AS w (policy, key, hits, expires_at)
         VALUES ($1, $2, ARRAY[$3::timestamptz], $4)
         ON CONFLICT (policy, key) DO UPDATE
         SET hits = ARRAY(SELECT h FROM unnest(w.hits) AS h WHERE h > $5 ORDER BY h) || $3::timestamptz,
             expires_at = $4
         WHERE (SELECT count(*) FROM unnest(w.hits) AS h WHERE h > $5) < $6
         RETURNING cardinality(hits) AS count, hits[1] AS oldest`,
};

const LOOK = {
  name: 'rate_windows.look',
  text: `SELECT count(h)::int AS count, min(h) AS oldest
         FROM rate_windows, unnest(hits) AS h WHERE policy = $1 AND key = $2 AND h > $3`,
};

const GIVE_BACK = {
  name: 'rate_windows.give_back',
  text: `UPDATE rate_windows
         SET hits = hits[:array_position(hits, $3::timestamptz) - 1] || hits[array_position(hits, $3::timestamptz) + 1:]
         WHERE policy = $1 AND key = $2 AND $3::timestamptz = ANY(hits)`,
};

interface Counted {
  count: number;
  oldest: Date | null;
}

/**
 * Windows in PostgreSQL. It works on the pool, never inside the caller's transaction: an attempt counts even
 * when the request that made it is rolled back.
 */
@Injectable()
export class PostgresWindowStore extends WindowStore {
  constructor(private readonly unitOfWork: UnitOfWork) {
    super();
  }

  async take(policy: Policy, key: Buffer, at: Date): Promise<Verdict> {
    const since = new Date(at.getTime() - policy.window * 1000);
    const until = new Date(at.getTime() + policy.window * 1000);
    const [taken] = await this.run<Counted>(TAKE, [policy.name, key, at, until, since, policy.limit]);
    const [counted] = taken ? [taken] : await this.run<Counted>(LOOK, [policy.name, key, since]);
    const oldest = counted?.oldest ?? at;
    return {
      allowed: taken !== undefined,
      count: counted?.count ?? 0,
      freeAt: new Date(oldest.getTime() + policy.window * 1000),
    };
  }

  async giveBack({ policy, key, at }: Reservation): Promise<void> {
    await this.run(GIVE_BACK, [policy.name, key, at]);
  }

  async clear(policy: Policy, key: Buffer): Promise<void> {
    const text = 'DELETE FROM rate_windows WHERE policy = $1 AND key = $2';
    await this.run({ name: 'rate_windows.clear', text }, [policy.name, key]);
  }

  private async run<Row extends object>(
    statement: { name: string; text: string },
    values: unknown[],
  ): Promise<Row[]> {
    return (await this.unitOfWork.pool.query<Row>({ ...statement, values })).rows;
  }
}
