import { ExpiredRowSweeper } from '@/platform/jobs/index.js';
import { DAY } from '@/platform/kernel/durations.js';
import type { TestApp } from '../support/app/test-app.js';
import { expectStatus } from '../support/http/responses.js';
import {
  type OwnerWithId,
  givenInvitation,
  givenUserWithId,
  startWithOwner,
} from '../support/organizations/given-organizations.js';

describe('the retention of stored rows', () => {
  let app: TestApp;
  let owner: OwnerWithId;

  beforeAll(async () => void ({ app, owner } = await startWithOwner()));
  afterAll(() => app.stop());

  const sweep = (): Promise<void> => app.nest.get(ExpiredRowSweeper).sweep();
  const count = async (table: string): Promise<number> => (await app.sql(`SELECT 1 FROM ${table}`)).length;

  it('ends for the counters of deleted accounts at once, and for others after the next month', async () => {
    const erased = await givenUserWithId(app);
    const month = (offset: number): string =>
      `date_trunc('month', $2::timestamptz - interval '${offset} months')::date`;
    for (const [id, offset] of [
      [erased.id, 0],
      [owner.id, 0],
      [owner.id, 1],
      [owner.id, 2],
      [owner.organizationId, 0],
    ] as const)
      await app.sql(`INSERT INTO token_counters VALUES ($1, ${month(offset)}, 5, 0)`, [id, app.clock.now()]);
    await sweep();
    expect(await count('token_counters')).toBe(4);
    await expectStatus(
      204,
      app.call('DELETE', '/api/auth/me', { token: erased.accessToken, body: { password: erased.password } }),
    );
    await sweep();
    expect(await count('token_counters')).toBe(3);
  });

  it('keeps usage for 24 months', async () => {
    for (const offset of [0, 24, 25])
      await app.sql(
        `INSERT INTO token_usage VALUES (date_trunc('month', $2::timestamptz - interval '${offset} months')::date, $1, $1, NULL, 'p', 'm', 1, 1, 1)`,
        [owner.id, app.clock.now()],
      );
    await sweep();
    expect(await count('token_usage')).toBe(2);
  });

  it('keeps invitations for 90 days after their expiry, and audit events for 400 days', async () => {
    await givenInvitation(app, owner);
    const events = await count('audit_events');
    expect(events).toBeGreaterThan(0);
    app.clock.advance(96 * DAY);
    await sweep();
    expect(await count('invitations')).toBe(1);
    app.clock.advance(2 * DAY);
    await sweep();
    expect([await count('invitations'), await count('audit_events')]).toEqual([0, events]);
    app.clock.advance(303 * DAY);
    await sweep();
    expect(await count('audit_events')).toBe(0);
  });
});
