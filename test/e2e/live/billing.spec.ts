import fc from 'fast-check';
import { TestApp } from '@test/support/app/test-app.js';
import { givenApiKey, type TestApiKey } from '@test/support/auth/api-keys.js';
import { expectStatus } from '@test/support/http/responses.js';
import {
  advanceTo,
  endLive,
  givenLiveSession,
  MONTH_START,
  readQuota,
  sendHeartbeat,
  startLive,
} from '@test/support/live/live-sessions.js';
import { givenOwnerWithId, inParallel } from '@test/support/organizations/given-organizations.js';

const LIMIT = 200;
const LEASE = 45;
const SKEW = 20;

type Step =
  | { kind: 'start' | 'end'; on: number }
  | { kind: 'heartbeats'; times: number }
  | { kind: 'wait'; seconds: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constantFrom('start', 'end'), on: fc.nat(1) }),
    fc.record({ kind: fc.constant('heartbeats'), times: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constant('wait'), seconds: fc.double({ min: 0.001, max: 60, noNaN: true }) }),
  ),
  { minLength: 8, maxLength: 22 },
);

describe('the used time of live sessions', () => {
  let app: TestApp;
  /** The second has a clock that is ahead by SKEW. */
  let processes: TestApp[];
  let ada: TestApiKey;

  beforeAll(async () => {
    const env = { LIVE_PLANS: `free=${LIMIT}` };
    app = await TestApp.start({ env });
    app.clock.freeze();
    processes = [app, await TestApp.start({ env, siblingOf: app, clockAheadBy: SKEW })];
    const by = await givenOwnerWithId(app);
    const { organizationId } = by;
    ada = await givenApiKey(app, { organizationId, by, scopes: ['live:read', 'live:write'] });
  });
  beforeEach(async () => {
    await app.sql('DELETE FROM live_sessions');
    await app.sql('DELETE FROM live_pots');
  });
  afterAll(async () => {
    for (const process of processes.reverse()) await process.stop();
  });

  const usedMilliseconds = async (): Promise<number> =>
    (await app.sql<{ used: number }>('SELECT COALESCE(sum(used_ms), 0)::float8 AS used FROM live_pots'))[0]
      ?.used ?? 0;

  it('is counted once, however many heartbeats arrive in parallel', async () => {
    const id = await givenLiveSession(app, ada);
    app.clock.advance(10);
    await inParallel(12, (index) => sendHeartbeat(processes[index % 2] ?? app, ada, id));
    expect(await usedMilliseconds()).toBe((10 + SKEW + LEASE) * 1000);
    const ends = await inParallel(6, (index) => endLive(processes[index % 2] ?? app, ada, id));
    expect(new Set(ends.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await usedMilliseconds()).toBe((10 + SKEW) * 1000);
  });

  it('never exceeds the quota, and is the duration of the sessions, for random interleavings', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (run) => {
        await app.sql('DELETE FROM live_sessions');
        await app.sql('DELETE FROM live_pots');
        const begin = app.clock.millis();
        let id: string | undefined;
        for (const step of run) {
          if (step.kind === 'wait') app.clock.advance(Math.round(step.seconds * 1000) / 1000);
          if (step.kind === 'start')
            id =
              ((await startLive(processes[step.on] ?? app, ada)).body.session_id as string | undefined) ?? id;
          const at = id ?? '';
          if (step.kind === 'heartbeats')
            await inParallel(step.times, (n) => sendHeartbeat(processes[n % 2] ?? app, ada, at));
          if (step.kind === 'end') await endLive(processes[step.on] ?? app, ada, at);
          expect(await usedMilliseconds()).toBeLessThanOrEqual(LIMIT * 1000);
        }
        if (id !== undefined) await endLive(app, ada, id);
        const [{ total, sessions } = { total: 0, sessions: 0 }] = await app.sql<{
          total: number;
          sessions: number;
        }>(
          `SELECT COALESCE(sum(EXTRACT(EPOCH FROM ended_at - started_at) * 1000), 0)::float8 AS total,
             count(*)::int AS sessions FROM live_sessions`,
        );
        expect(await usedMilliseconds()).toBe(total);
        expect(total).toBeLessThanOrEqual(app.clock.millis() - begin + sessions * SKEW * 1000);
      }),
      { numRuns: 25 },
    );
  });

  it('of a session over the end of a month is split between the months, in UTC', async () => {
    advanceTo(app, new Date(MONTH_START.getTime() - 100_000));
    const id = await givenLiveSession(app, ada);
    for (let count = 0; count < 2; count += 1) {
      app.clock.advance(40);
      await expectStatus(200, sendHeartbeat(app, ada, id));
    }
    expect(await readQuota(app, ada)).toMatchObject({
      used_seconds: 80,
      period_end: MONTH_START.toISOString(),
    });
    app.clock.advance(40);
    const { body } = await expectStatus(200, sendHeartbeat(app, ada, id));
    expect(body.remaining_seconds).toBe(LIMIT - 20);
    await expectStatus(200, endLive(app, ada, id));
    expect(await readQuota(app, ada)).toMatchObject({
      used_seconds: 20,
      period_start: MONTH_START.toISOString(),
      period_end: '2030-04-01T00:00:00.000Z',
    });
    const pots = await app.sql('SELECT month::text, used_ms::int FROM live_pots ORDER BY month');
    expect(pots).toEqual([
      { month: '2030-02-01', used_ms: 100_000 },
      { month: '2030-03-01', used_ms: 20_000 },
    ]);
  });

  it('before the end of a month is given back when the session ends before it', async () => {
    advanceTo(app, new Date('2031-01-31T23:59:40.000Z'));
    const id = await givenLiveSession(app, ada);
    app.clock.advance(5);
    await expectStatus(200, sendHeartbeat(app, ada, id));
    app.clock.advance(5);
    await expectStatus(200, endLive(app, ada, id));
    const pots = await app.sql('SELECT month::text, used_ms::int FROM live_pots ORDER BY month');
    expect(pots).toEqual([
      { month: '2031-01-01', used_ms: 10_000 },
      { month: '2031-02-01', used_ms: 0 },
    ]);
  });

  it('ends with the old month when its quota is used, although the new month has a quota', async () => {
    advanceTo(app, new Date('2032-05-31T23:55:00.000Z'));
    const id = await givenLiveSession(app, ada);
    for (let count = 0; count < 5; count += 1) {
      app.clock.advance(40);
      await sendHeartbeat(app, ada, id);
    }
    expect((await endLive(app, ada, id)).body).toMatchObject({
      end_reason: 'quota',
      duration_seconds: LIMIT,
    });
    expect((await startLive(app, ada)).status).toBe(429);
    advanceTo(app, new Date('2032-06-01T00:00:00.000Z'));
    await expectStatus(200, startLive(app, ada));
  });
});
