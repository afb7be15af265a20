import { LiveLeaseService } from '@/modules/live/sessions/index.js';
import { LiveTranscriptWriter } from '@/modules/live/transcripts/index.js';
import { ExpiredRowSweeper } from '@/platform/jobs/index.js';
import { DAY } from '@/platform/kernel/durations.js';
import { TestApp } from '@test/support/app/test-app.js';
import { givenApiKey } from '@test/support/auth/api-keys.js';
import { expectStatus, invalidPaths, listAllPages, statusAndCode } from '@test/support/http/responses.js';
import { unzip } from '@test/support/http/zip.js';
import { callLive, endLive, givenLiveSession } from '@test/support/live/live-sessions.js';
import {
  givenOwnerWithId,
  givenUserWithId,
  inParallel,
  type OwnerWithId,
  storedAuditEvents,
  UNRESOLVABLE_IDS,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

const NOT_FOUND = [404, 'live_transcript_not_found'];
const SAVED = {
  session_started_at: '2026-04-16T10:00:00Z',
  session_ended_at: '2026-04-16T10:05:00Z',
  transcripts: [
    { role: 'user', text: 'Hello, how are you?', timestamp: '2026-04-16T10:00:03Z' },
    { role: 'ai', text: 'I am fine.', timestamp: '2026-04-16T10:00:06Z' },
  ],
};

describe('transcripts of live sessions', () => {
  let app: TestApp;
  /** The first account, which operates the installation. */
  let operator: OwnerWithId;
  let ada: UserWithId;

  beforeAll(async () => {
    app = await TestApp.start();
    operator = await givenOwnerWithId(app);
  });
  beforeEach(async () => {
    ada = await givenUserWithId(app);
  });
  afterAll(() => app.stop());

  const save = (changes: object = {}, by = ada) =>
    callLive(app, by, 'POST transcripts', { ...SAVED, ...changes });
  const writer = () => app.nest.get(LiveTranscriptWriter);
  const turn = (changes: object = {}) => ({
    turn_id: 't1',
    role: 'user' as const,
    text: 'Hello',
    started_at: app.clock.now(),
    ended_at: app.clock.now(),
    ...changes,
  });
  const stored = async (by: UserWithId) =>
    (await expectStatus(200, callLive(app, by, 'GET transcripts'))).body;

  it('are saved, listed newest first, read and deleted', async () => {
    const { body } = await expectStatus(201, save());
    expect(body).toMatchObject({ origin: 'client', duration_seconds: 300, turn_count: 2, session_id: null });
    const read = await expectStatus(200, callLive(app, ada, `GET transcripts/${body.id}`));
    expect(read.body).toMatchObject({
      ...body,
      transcripts: [
        { role: 'user', text: 'Hello, how are you?', timestamp: '2026-04-16T10:00:03.000Z' },
        { role: 'ai', text: 'I am fine.', timestamp: '2026-04-16T10:00:06.000Z' },
      ],
    });
    const empty = await expectStatus(201, save({ transcripts: [] }));
    const { rows, pages } = await listAllPages(app, '/api/live/transcripts?limit=1', ada.accessToken);
    expect([rows, pages]).toEqual([[empty.body, body], 2]);
    const eve = await givenUserWithId(app);
    for (const id of [body.id as string, ...UNRESOLVABLE_IDS])
      for (const method of ['GET', 'DELETE'])
        expect(statusAndCode(await callLive(app, eve, `${method} transcripts/${id}`))).toEqual(NOT_FOUND);
    await expectStatus(204, callLive(app, ada, `DELETE transcripts/${body.id}`));
    expect(statusAndCode(await callLive(app, ada, `GET transcripts/${body.id}`))).toEqual(NOT_FOUND);
  });

  it('of clients have limits, and are in the order of time', async () => {
    const at = '2026-04-16T10:00:03Z';
    const make = (count: number, text: string) =>
      Array.from({ length: count }, () => ({ role: 'user', text, timestamp: at }));
    for (const transcripts of [make(5_001, 'x'), make(1, 'x'.repeat(8_001)), make(530, 'ж'.repeat(4_000))]) {
      const refused = await save({ transcripts });
      expect(statusAndCode(refused)).toEqual([413, 'body_too_large']);
      expect(refused.body.detail.field).toMatch(/^transcripts/);
    }
    expect((await expectStatus(201, save({ transcripts: make(5_000, 'x') }))).body.turn_count).toBe(5_000);
    await expectStatus(201, save({ transcripts: make(500, 'x'.repeat(8_000)) }));
    for (const [changes, path] of [
      [{ session_ended_at: '2026-04-16T09:59:59Z' }, 'session_ended_at'],
      [{ transcripts: [...SAVED.transcripts].reverse() }, 'transcripts.1.timestamp'],
      [{ transcripts: [{ role: 'assistant', text: 'Hi', timestamp: at }] }, 'transcripts.0.role'],
      [{ session_started_at: undefined }, 'session_started_at'],
    ] as const)
      expect(invalidPaths(await expectStatus(400, save(changes)))).toEqual([path]);
  });

  it('are stored turn by turn by the server, and closed with the session', async () => {
    const session_id = await givenLiveSession(app, ada);
    await writer().appendTurn(session_id, turn());
    const [open] = await stored(ada);
    expect(open).toMatchObject({ session_id, origin: 'server', session_ended_at: null, turn_count: 1 });
    const reply = {
      turn_id: 't2',
      role: 'ai' as const,
      text: 'Hello, Ada',
      generated_text: 'Hello, Ada. How',
    };
    await inParallel(3, () => writer().appendTurn(session_id, turn({ ...reply, ended_at: null })));
    await writer().appendTurn(session_id, turn({ ...reply, text: 'Hello' })); // what was heard of it
    const { body: ended } = await expectStatus(200, endLive(app, ada, session_id));
    await writer().appendTurn(session_id, turn({ turn_id: 't3', text: 'x\0'.repeat(8_000) }));
    const { body } = await expectStatus(200, callLive(app, ada, `GET transcripts/${open.id}`));
    expect(body).toMatchObject({ session_ended_at: ended.ended_at });
    expect(
      body.transcripts.map(({ text, generated_text }: Record<string, string>) => [text, generated_text]),
    ).toEqual([
      ['Hello', null],
      ['Hello', 'Hello, Ada. How'],
      ['x'.repeat(4_000), null],
    ]);
    const again = await expectStatus(200, save({ session_id }));
    expect([again.body.id, again.headers['idempotent-replayed']]).toEqual([open.id, 'true']);
    expect(await stored(ada)).toHaveLength(1);
  });

  it('exist also when the client vanishes', async () => {
    const session_id = await givenLiveSession(app, ada);
    await writer().appendTurn(session_id, turn());
    app.clock.advance(46);
    await app.nest.get(LiveLeaseService).extend(session_id);
    expect(await stored(ada)).toMatchObject([{ session_id, session_ended_at: expect.any(String) }]);
  });

  it('of a session without a socket are saved once by ten parallel requests', async () => {
    const session_id = await givenLiveSession(app, ada);
    const responses = await inParallel(10, () => save({ session_id }));
    expect(responses.map(({ status }) => status).sort()).toEqual([...Array<number>(9).fill(200), 201]);
    expect(new Set(responses.map(({ body }) => body.id as string)).size).toBe(1);
    const eve = await givenUserWithId(app);
    expect(statusAndCode(await save({ session_id }, eve))).toEqual([404, 'live_session_not_found']);
  });

  it('are kept as long as the paying organization decides', async () => {
    const boss = await givenOwnerWithId(app);
    const url = `/api/organizations/${boss.organizationId}`;
    const retain = async (transcript_retention_days: number | null) => {
      const call = app.patch(url, { transcript_retention_days }, { token: boss.accessToken });
      expect((await expectStatus(200, call)).body).toMatchObject({ transcript_retention_days });
    };
    const sweep = () => app.nest.get(ExpiredRowSweeper).sweep();
    const first = await givenLiveSession(app, boss);
    await writer().appendTurn(first, turn());
    await endLive(app, boss, first);
    await expectStatus(201, save({}, boss)); // of no session: no organization pays
    await retain(0);
    const second = await givenLiveSession(app, boss);
    expect(await writer().appendTurn(second, turn())).toBeNull();
    const refused = await save({ session_id: second }, boss);
    expect(statusAndCode(refused)).toEqual([409, 'live_transcripts_not_kept']);
    await retain(10);
    await sweep();
    expect(await stored(boss)).toHaveLength(2);
    const { accessToken: token } = boss;
    await app.sql(`UPDATE live_transcripts SET session_ended_at = $2 WHERE session_id = $1`, [
      first,
      app.clock.after(-10 * DAY),
    ]);
    await sweep();
    expect(await stored(boss)).toMatchObject([{ session_id: null }]);
    const invalid = await app.patch(url, { transcript_retention_days: -1 }, { token });
    expect(invalidPaths(invalid)).toEqual(['transcript_retention_days']);
    await endLive(app, boss, second);
  });

  it('of a key are its own, and no key saves any', async () => {
    const boss = await givenOwnerWithId(app);
    const { organizationId } = boss;
    const key = await givenApiKey(app, { organizationId, by: boss, scopes: ['live:read', 'live:write'] });
    const { body: own } = await expectStatus(201, save({}, boss));
    const session_id = await givenLiveSession(app, key);
    await writer().appendTurn(session_id, turn());
    const listed = await expectStatus(200, callLive(app, key, 'GET transcripts'));
    expect(listed.body).toMatchObject([{ session_id }]);
    expect(statusAndCode(await callLive(app, key, `GET transcripts/${own.id}`))).toEqual(NOT_FOUND);
    expect(statusAndCode(await callLive(app, key, `DELETE transcripts/${own.id}`))).toEqual(NOT_FOUND);
    expect(statusAndCode(await callLive(app, key, 'POST transcripts', SAVED))).toEqual([
      403,
      'bearer_required',
    ]);
    await expectStatus(204, callLive(app, key, `DELETE transcripts/${listed.body[0].id}`));
  });

  it('are exported with the sessions, and erased with the account', async () => {
    const session_id = await givenLiveSession(app, ada, { instructions: 'Be brief.' });
    await writer().appendTurn(session_id, turn());
    const archive = await app.nest.inject({
      method: 'GET',
      url: '/api/auth/me/export',
      headers: { authorization: `Bearer ${ada.accessToken}` },
    });
    const files = unzip(archive.rawPayload) as Record<string, Buffer>;
    const read = (name: string) => JSON.parse(String(files[`${name}.json`])) as unknown;
    expect(read('live-sessions')).toMatchObject([{ session_id, instructions: 'Be brief.', ended_at: null }]);
    expect(read('live-transcripts')).toMatchObject([{ session_id, transcripts: [{ text: 'Hello' }] }]);
    expect(read('live-usage')).toEqual([{ month: expect.stringMatching(/-01$/), used_seconds: 45 }]);
    const body = { password: ada.password };
    await expectStatus(204, app.call('DELETE', '/api/auth/me', { token: ada.accessToken, body }));
    for (const table of ['live_sessions', 'live_transcripts'])
      expect(await app.sql(`SELECT id FROM ${table} WHERE owner_id = $1`, [ada.id])).toEqual([]);
    expect(await app.sql('SELECT month FROM live_pots WHERE user_id = $1', [ada.id])).toEqual([]);
  });

  it('know the user by a nickname, which three methods change', async () => {
    for (const [index, method] of ['PATCH', 'PUT', 'POST'].entries()) {
      const { body } = await expectStatus(
        200,
        callLive(app, ada, `${method} nickname`, { nickname: ` Ada ${index} ` }),
      );
      expect(body).toEqual({ nickname: `Ada ${index}` });
    }
    expect((await app.get('/api/auth/me', { token: ada.accessToken })).body.nickname).toBe('Ada 2');
    for (const nickname of ['', '   ', 'x'.repeat(51), null, 'a\nb'])
      expect((await callLive(app, ada, 'PATCH nickname', { nickname })).status).toBe(400);
  });

  it('cost what the plan allows, which only an operator sets', async () => {
    const boss = await givenOwnerWithId(app);
    const url = `/api/admin/organizations/${boss.organizationId}/live-plan`;
    const setPlan = (plan: unknown, by: UserWithId = operator) =>
      app.call('PUT', url, { body: { plan }, token: by.accessToken });
    expect(statusAndCode(await setPlan('pro', boss))).toEqual([403, 'operator_required']);
    const { body } = await expectStatus(200, setPlan('pro'));
    expect(body).toEqual({ organization_id: boss.organizationId, plan: 'pro', limit_seconds: 18_000 });
    await expectStatus(200, setPlan('pro'));
    expect((await callLive(app, boss, 'GET quota')).body).toMatchObject({
      plan: 'pro',
      limit_seconds: 18_000,
    });
    expect((await expectStatus(200, setPlan('enterprise'))).body.limit_seconds).toBeNull();
    const changes = (await storedAuditEvents(app, boss.organizationId)).filter(
      ({ action }) => action === 'organization.live_plan_changed',
    );
    expect(changes.map(({ actor_id, details }) => [actor_id, details])).toEqual([
      [operator.id, { from: 'free', to: 'pro' }],
      [operator.id, { from: 'pro', to: 'enterprise' }],
    ]);
    for (const plan of ['gold', '', null, 7]) expect(invalidPaths(await setPlan(plan))).toEqual(['plan']);
    for (const id of UNRESOLVABLE_IDS) {
      const call = { body: { plan: 'pro' }, token: operator.accessToken };
      const unknown = await app.call('PUT', `/api/admin/organizations/${id}/live-plan`, call);
      expect(statusAndCode(unknown)).toEqual([404, 'organization_not_found']);
    }
  });
});
