import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { DatabaseSnapshot } from '@test/support/database/database-snapshot.js';
import { FakeGoogle } from '@test/support/google/fake-google.js';
import { givenPermissionFixture, type MatrixCaller } from '@test/support/organizations/permission-fixture.js';
import { callRoute, listMatrixRows } from '@test/support/organizations/permission-matrix.js';

/**
 * Erases the caller between the authentication of a request and its writes. The deletion is not committed yet when the
 * request begins: sessions are cached, so it is authenticated, and its first write waits for the deletion.
 */
class ErasureInTheMiddle {
  private constructor(private readonly client: Client) {}

  static async connect({ databaseUrl }: TestApp): Promise<ErasureInTheMiddle> {
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    return new ErasureInTheMiddle(client);
  }

  async during(userId: string, send: () => Promise<TestResponse>): Promise<TestResponse> {
    await this.client.query('BEGIN');
    await this.client.query('DELETE FROM users WHERE id = $1', [userId]);
    let answered = false;
    const response = send().finally(() => (answered = true));
    while (!answered && !(await this.isAwaited())) await pause(2);
    await this.client.query('COMMIT');
    return response;
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  /**
   * Returns whether another connection waits for this transaction. `pg_stat_activity` would not do: a transaction sees no
   * backends in it that are newer than its first look.
   */
  private async isAwaited(): Promise<boolean> {
    const { rows } = await this.client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_locks
       WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))`,
    );
    return (rows[0]?.count ?? 0) > 0;
  }
}

describe('a caller whose account is erased during the request', () => {
  let app: TestApp;
  let google: FakeGoogle;

  beforeAll(async () => {
    google = await FakeGoogle.start();
    app = await TestApp.start({ env: google.env });
  });
  afterAll(async () => {
    await app.stop();
    await google.stop();
  });

  it.each(['owner', 'key'] as const)(
    'gets no 5xx on any route, and 401 token_invalid when the account is missing: %s',
    async (name) => {
      const fixture = await givenPermissionFixture(app);
      const caller = fixture.callers.find((candidate) => candidate.name === name) as MatrixCaller;
      const userId = caller.user?.id ?? '';
      const snapshot = await DatabaseSnapshot.take(app);
      const erasure = await ErasureInTheMiddle.connect(app);
      const unexpected: string[] = [];
      let invalidTokens = 0;
      try {
        for (const row of listMatrixRows(app)) {
          if (row.route.access?.access === 'public') continue;
          const { response, undo } = await callRoute({ app, fixture, caller }, row, (send) =>
            erasure.during(userId, send),
          );
          const outcome = `${response.status} ${response.body?.code}`;
          if (outcome === '401 token_invalid') invalidTokens += 1;
          else if (
            response.status >= 500 ||
            response.status === 401 ||
            response.body?.code === 'user_not_found'
          )
            unexpected.push(`${row.row}: ${outcome}`);
          await snapshot.restore();
          await undo();
        }
      } finally {
        await Promise.all([snapshot.close(), erasure.close()]);
        await app.sql('DROP SCHEMA snapshot CASCADE');
      }
      expect(unexpected).toEqual([]);
      expect(invalidTokens).toBeGreaterThan(3);
    },
    240_000,
  );
});
