import { TestApp } from '@test/support/app/test-app.js';
import { givenApiKey } from '@test/support/auth/api-keys.js';
import { statusAndCode } from '@test/support/http/responses.js';
import { givenLiveSession, type LiveCaller, sendHeartbeat } from '@test/support/live/live-sessions.js';
import {
  givenOwnerWithId,
  givenUserWithId,
  inParallel,
} from '@test/support/organizations/given-organizations.js';

const NOT_FOUND = [404, 'live_session_not_found'];

describe('heartbeats that arrive at once', () => {
  let app: TestApp;
  /** Users and keys, each with the id of a session. */
  let callers: { by: LiveCaller; id: string }[];

  beforeAll(async () => {
    app = await TestApp.start();
    app.clock.freeze();
    callers = await inParallel(4, async () => {
      const by = await givenUserWithId(app);
      return { by, id: await givenLiveSession(app, by) };
    });
    for (const name of ['one', 'two']) {
      const by = await givenOwnerWithId(app);
      const { organizationId } = by;
      const key = await givenApiKey(app, { name, organizationId, by, scopes: ['live:write'] });
      callers.push({ by: key, id: await givenLiveSession(app, key) });
    }
  });
  afterAll(() => app.stop());

  it('extend each session once, and answer each caller with its own', async () => {
    app.clock.advance(15);
    const used = 'SELECT sum(used_ms)::float8 AS used FROM live_pots';
    const [before] = await app.sql<{ used: number }>(used);
    const all = [...callers, ...callers, ...callers];
    const answers = await inParallel(all.length, async (index) => {
      const { by, id } = all[index] as (typeof all)[number];
      return [id, await sendHeartbeat(app, by, id)] as const;
    });
    for (const [id, { status, body }] of answers)
      expect([status, body.session_id, body.duration_seconds]).toEqual([200, id, 15]);
    const [after] = await app.sql<{ used: number }>(used);
    expect((after?.used ?? 0) - (before?.used ?? 0)).toBe(callers.length * 15_000);
  });

  it('never give one caller the session of another', async () => {
    const answers = await inParallel(callers.length ** 2, async (index) => {
      const asking = callers[index % callers.length] as (typeof callers)[number];
      const asked = callers[Math.floor(index / callers.length)] as (typeof callers)[number];
      return [asking === asked, await sendHeartbeat(app, asking.by, asked.id)] as const;
    });
    for (const [isOwn, answer] of answers)
      expect(statusAndCode(answer)).toEqual(isOwn ? [200, undefined] : NOT_FOUND);
  });
});
