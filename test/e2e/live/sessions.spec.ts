import { LiveLeaseService, LiveSocketSessions, LiveTicketService } from '@/modules/live/sessions/index.js';
import { OrganizationEvents, type OrganizationEvent } from '@/platform/events/index.js';
import { TestApp } from '@test/support/app/test-app.js';
import { givenApiKey } from '@test/support/auth/api-keys.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  callLive,
  endLive,
  givenLivePlan,
  givenLiveSession,
  readQuota,
  sendHeartbeat,
  startLive,
} from '@test/support/live/live-sessions.js';
import {
  givenMember,
  givenOwnerWithId,
  givenUserWithId,
  inParallel,
  type OwnerWithId,
  UNRESOLVABLE_IDS,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

const NOT_FOUND = [404, 'live_session_not_found'];
const ENDED = [409, 'live_session_ended'];

describe('live sessions', () => {
  let app: TestApp;
  let sibling: TestApp;
  let owner: OwnerWithId;
  let ada: UserWithId;
  const events: OrganizationEvent[] = [];

  beforeAll(async () => {
    const env = {
      LIVE_MAX_SESSIONS_PER_ORGANIZATION: '2',
      LIVE_PLANS: 'free=100,pro=18000,enterprise=unlimited',
    };
    app = await TestApp.start({ env });
    sibling = await TestApp.start({ env, siblingOf: app });
    app.clock.freeze();
    for (const { nest } of [app, sibling])
      nest.get(OrganizationEvents).subscribe((event) => Promise.resolve(void events.push(event)));
    owner = await givenOwnerWithId(app);
  });
  beforeEach(async () => {
    ada = await givenUserWithId(app);
  });
  afterAll(async () => {
    await sibling.stop();
    await app.stop();
  });

  it('start, are extended, and end', async () => {
    const started = await expectStatus(200, startLive(app, ada));
    expect(started.headers['idempotent-replayed']).toBeUndefined();
    const id = started.body.session_id as string;
    expect(started.body).toMatchObject({
      session_type: 'voice',
      status: 'active',
      started_at: app.clock.now().toISOString(),
      ended_at: null,
      end_reason: null,
      duration_seconds: 0,
      remaining_seconds: 100,
      heartbeat_seconds: 15,
      socket_url: expect.stringMatching(/^ws:.*\/api\/live\/socket$/),
      socket_ticket: expect.any(String),
      disclosure: expect.stringContaining('AI'),
    });
    app.clock.advance(15);
    const { body } = await expectStatus(200, sendHeartbeat(app, ada, id));
    expect(body).toMatchObject({ status: 'active', duration_seconds: 15, remaining_seconds: 85 });
    expect(await readQuota(app, ada)).toMatchObject({ plan: 'free', limit_seconds: 100, used_seconds: 15 });
    app.clock.advance(5);
    const ended = await expectStatus(200, endLive(app, ada, id));
    expect(ended.body).toMatchObject({
      status: 'ended',
      end_reason: 'client',
      duration_seconds: 20,
      remaining_seconds: 80,
      socket_ticket: null,
    });
    app.clock.advance(30);
    expect((await expectStatus(200, endLive(app, ada, id))).body).toEqual(ended.body);
    expect(statusAndCode(await sendHeartbeat(app, ada, id))).toEqual(ENDED);
    expect(await readQuota(app, ada)).toMatchObject({ used_seconds: 20, remaining_seconds: 80 });
  });

  it('of one user are one, also when two processes start ten in parallel', async () => {
    const responses = await inParallel(10, (index) => startLive(index % 2 ? app : sibling, ada));
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200));
    expect(new Set(responses.map(({ body }) => body.session_id as string)).size).toBe(1);
    expect(responses.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(9);
    expect(new Set(responses.map(({ body }) => body.socket_ticket as string)).size).toBe(10);
  });

  it('are not found by others', async () => {
    const id = await givenLiveSession(app, ada);
    const eve = await givenUserWithId(app);
    for (const unknown of [id, ...UNRESOLVABLE_IDS.filter((each) => each.length === 36)])
      for (const call of [sendHeartbeat, endLive])
        expect(statusAndCode(await call(app, eve, unknown))).toEqual(NOT_FOUND);
    await expectStatus(200, sendHeartbeat(app, ada, id));
  });

  it('that are silent end at their last sign of life, on any process, and another one can start', async () => {
    const id = await givenLiveSession(app, ada);
    app.clock.advance(15);
    await expectStatus(200, sendHeartbeat(sibling, ada, id));
    app.clock.advance(45);
    await expectStatus(200, sendHeartbeat(app, ada, id)); // exactly at the end of the lease
    app.clock.advance(45.001);
    const refused = await sendHeartbeat(sibling, ada, id);
    expect(statusAndCode(refused)).toEqual(ENDED);
    expect(refused.body.detail).toMatchObject({ end_reason: 'silent' });
    expect((await endLive(app, ada, id)).body).toMatchObject({ end_reason: 'silent', duration_seconds: 60 });
    expect(await givenLiveSession(app, ada)).not.toBe(id);
  });

  it('that are silent do not prevent a start', async () => {
    const id = await givenLiveSession(app, ada);
    app.clock.advance(46);
    expect(await givenLiveSession(app, ada)).not.toBe(id);
    expect(await readQuota(app, ada)).toMatchObject({ used_seconds: 0 });
  });

  it('end when the quota is used, with the documented error, and never use more', async () => {
    const id = await givenLiveSession(app, ada);
    for (const used of [45, 90]) {
      app.clock.advance(45);
      const { body } = await expectStatus(200, sendHeartbeat(app, ada, id));
      expect(body.remaining_seconds).toBe(100 - used);
    }
    app.clock.advance(10);
    for (const response of [await sendHeartbeat(app, ada, id), await startLive(app, ada)]) {
      expect([response.status, response.body.detail]).toEqual([
        429,
        { error: 'live_quota_exceeded', message: 'Monthly Live session quota exceeded' },
      ]);
      const { period_end } = await readQuota(app, ada);
      const seconds = (Date.parse(String(period_end)) - app.clock.millis()) / 1000;
      expect(Number(response.headers['retry-after'])).toBe(Math.ceil(seconds));
    }
    expect((await endLive(app, ada, id)).body).toMatchObject({
      end_reason: 'quota',
      duration_seconds: 100,
      remaining_seconds: 0,
    });
    expect(await readQuota(app, ada)).toMatchObject({ used_seconds: 100, remaining_seconds: 0 });
  });

  it('have the plan of the paying organization from the next heartbeat on', async () => {
    const member = await givenMember(app, { organizationId: owner.organizationId, by: owner });
    const id = await givenLiveSession(app, member);
    app.clock.advance(40);
    await givenLivePlan(app, owner.organizationId, 'pro');
    expect((await sendHeartbeat(app, member, id)).body.remaining_seconds).toBe(18_000 - 40);
    await givenLivePlan(app, owner.organizationId, 'enterprise');
    expect((await sendHeartbeat(app, member, id)).body.remaining_seconds).toBeNull();
    expect(await readQuota(app, member)).toMatchObject({ plan: 'enterprise', limit_seconds: null });
    for (let count = 0; count < 2; count += 1) {
      app.clock.advance(40);
      await expectStatus(200, sendHeartbeat(app, member, id));
    }
    await givenLivePlan(app, owner.organizationId, 'free');
    expect(statusAndCode(await sendHeartbeat(app, member, id))).toEqual([429, 'live_quota_exceeded']);
    expect((await endLive(app, member, id)).body.duration_seconds).toBe(120);
    const ended = events.filter(({ data }) => data.session_id === id);
    expect(ended).toEqual([
      expect.objectContaining({
        organizationId: owner.organizationId,
        type: 'live.session.ended',
        data: { session_id: id, user_id: member.id, session_type: 'voice', seconds: 120, reason: 'quota' },
      }),
    ]);
  });

  it('of an organization are limited, and those that end make room', async () => {
    const boss = await givenOwnerWithId(app);
    const members = [
      boss,
      ...(await Promise.all([1, 2, 3].map(() => givenMember(app, { ...boss, by: boss })))),
    ];
    const responses = await Promise.all(members.map((member) => startLive(app, member)));
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 200, 429, 429]);
    const refused = responses.find(({ status }) => status === 429);
    expect(statusAndCode(refused as never)).toEqual([429, 'live_sessions_limit_reached']);
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
    const first = members.find((_, index) => responses[index]?.status === 200) as UserWithId;
    const late = members.find((_, index) => responses[index]?.status === 429) as UserWithId;
    await expectStatus(200, startLive(app, first)); // its own session
    await expectStatus(200, endLive(app, first, await givenLiveSession(app, first)));
    await expectStatus(200, startLive(app, late));
  });

  it('of a user and of the keys of a user do not mix', async () => {
    const boss = await givenOwnerWithId(app);
    const { organizationId } = boss;
    const scopes = ['live:read', 'live:write'] as const;
    const key = await givenApiKey(app, { organizationId, by: boss, scopes: [...scopes] });
    const own = await givenLiveSession(app, boss);
    expect(statusAndCode(await startLive(app, key))).toEqual([409, 'live_session_active']);
    expect(statusAndCode(await sendHeartbeat(app, key, own))).toEqual(NOT_FOUND);
    expect(statusAndCode(await endLive(app, key, own))).toEqual(NOT_FOUND);
    await expectStatus(200, endLive(app, boss, own));
    const ofKey = await givenLiveSession(app, key);
    expect(await givenLiveSession(app, key)).toBe(ofKey);
    expect(await givenLiveSession(app, boss)).toBe(ofKey); // a session finds all rows of its user
    const withKnowledge = await startLive(app, key, { use_knowledge: true });
    expect(withKnowledge.body.detail).toMatchObject({ required_scope: 'rag:read' });
    const readOnly = await givenApiKey(app, { organizationId, by: boss, scopes: ['live:read'] });
    expect((await startLive(app, readOnly)).body.detail).toMatchObject({ required_scope: 'live:write' });
    expect((await readQuota(app, readOnly)).plan).toBe('free');
  });

  it('of a member who leaves the paying organization end with the membership', async () => {
    const boss = await givenOwnerWithId(app);
    const member = await givenMember(app, { ...boss, by: boss });
    const id = await givenLiveSession(app, member);
    const url = `/api/organizations/${boss.organizationId}/members/${member.id}`;
    await expectStatus(204, app.delete(url, { token: boss.accessToken }));
    const refused = await sendHeartbeat(app, member, id);
    expect(refused.body.detail).toMatchObject({ error: 'live_session_ended', end_reason: 'credentials' });
    const unknown = await startLive(app, member, { organization_id: boss.organizationId });
    expect(statusAndCode(unknown)).toEqual([404, 'organization_not_found']);
  });

  it('that start with a repeated Idempotency-Key have a fresh ticket', async () => {
    const start = (body: object) =>
      callLive(app, ada, 'POST session/start', body, { 'idempotency-key': 'start-1' });
    const first = await expectStatus(200, start({ session_type: 'avatar' }));
    const second = await expectStatus(200, start({ session_type: 'avatar' }));
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(second.body.session_id).toBe(first.body.session_id);
    expect(second.body.socket_ticket).not.toBe(first.body.socket_ticket);
    expect(statusAndCode(await start({ session_type: 'voice' }))).toEqual([409, 'idempotency_key_reused']);
    await expectStatus(200, endLive(app, ada, first.body.session_id));
    expect((await expectStatus(200, start({ session_type: 'avatar' }))).body).toMatchObject({
      status: 'ended',
      socket_ticket: null,
    });
  });

  describe('the socket', () => {
    it('redeems a ticket once, on any process, while it and the session are valid', async () => {
      const request = { language: 'en', instructions: 'Be brief.', module_id: 'a1-introductions' };
      const { body } = await expectStatus(200, startLive(app, ada, request));
      const redeem = (ticket: string, index = 0) =>
        (index % 2 ? app : sibling).nest.get(LiveTicketService).redeem(ticket);
      const contexts = await inParallel(10, (index) => redeem(body.socket_ticket, index));
      expect(contexts.filter(Boolean)).toEqual([
        expect.objectContaining({
          sessionId: body.session_id,
          userId: ada.id,
          organizationId: null,
          sessionType: 'voice',
          language: 'en',
          instructions: 'Be brief.',
          practiceModule: expect.objectContaining({ level: 'A1' }),
          useKnowledge: false,
          actor: expect.objectContaining({ via: 'session', userId: ada.id, passwordAt: expect.any(Date) }),
          owner: expect.objectContaining({ userId: ada.id, organizationId: null }),
        }),
      ]);
      const freshTicket = async (): Promise<string> =>
        (await sendHeartbeat(app, ada, body.session_id)).body.socket_ticket;
      const late = await freshTicket();
      app.clock.advance(40);
      const other = await freshTicket();
      app.clock.advance(20);
      expect(await redeem(late)).toBeNull();
      expect(await redeem(`${other.slice(0, -2)}AA`)).toBeNull();
      expect(await redeem('nonsense')).toBeNull();
      await endLive(app, ada, body.session_id);
      expect(await redeem(other)).toBeNull();
    });

    it('extends the lease, and numbers its attachments', async () => {
      const id = await givenLiveSession(app, ada);
      const numbers = await inParallel(4, (index) =>
        (index % 2 ? app : sibling).nest.get(LiveSocketSessions).attach(id),
      );
      expect([...numbers].sort()).toEqual([1, 2, 3, 4]);
      const leases = sibling.nest.get(LiveLeaseService);
      app.clock.advance(40);
      expect(await leases.extend(id)).toEqual({ state: 'active', remainingSeconds: 60, attachment: 4 });
      app.clock.advance(40);
      expect(await leases.extend(id)).toEqual({ state: 'active', remainingSeconds: 20, attachment: 4 });
      app.clock.advance(20);
      expect(await leases.extend(id)).toEqual({ state: 'ended', reason: 'quota' });
      expect(await app.nest.get(LiveSocketSessions).attach(id)).toBeNull();
      expect(await leases.end(id, 'idle')).toBe(false);
    });
  });
});
