import { TestApp } from '@test/support/app/test-app.js';
import { givenApiKey } from '@test/support/auth/api-keys.js';
import { callIntegration, givenIntegrationToken } from '@test/support/auth/integration-tokens.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import { endLive, givenLiveSession, startLive } from '@test/support/live/live-sessions.js';
import { LiveSocketClient, refusalOf, type SocketRequest } from '@test/support/live/live-socket-client.js';
import {
  givenMember,
  givenOwnerWithId,
  givenUserWithId,
  type OwnerWithId,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

const ORIGIN = 'https://partner.example.com';
const UNAUTHENTICATED = [401, 'token_invalid'];

describe('the socket of a live session', () => {
  let app: TestApp;
  let sibling: TestApp;
  let owner: OwnerWithId;
  let ada: UserWithId;

  beforeAll(async () => {
    const env = { LIVE_PLANS: 'free=90', LIVE_IDLE_SECONDS: '60' };
    app = await TestApp.start({ env });
    sibling = await TestApp.start({ env, siblingOf: app });
    owner = await givenOwnerWithId(app);
    ada = await givenMember(app, { organizationId: owner.organizationId, by: owner });
  });
  afterAll(async () => {
    await sibling.stop();
    await app.stop();
  });

  const open = (request: SocketRequest, at = app): Promise<LiveSocketClient> =>
    LiveSocketClient.open(at, request);
  /** Opens the socket of a new session of a new user. */
  async function talk(): Promise<{ user: UserWithId; id: string; client: LiveSocketClient }> {
    const user = await givenUserWithId(app);
    const id = await givenLiveSession(app, user);
    const client = await open({ token: user.accessToken });
    await client.waitFor('session.ready');
    return { user, id, client };
  }

  describe('before it opens', () => {
    it('needs credentials, and answers as HTTP does', async () => {
      expect(await refusalOf(open({}))).toEqual(UNAUTHENTICATED);
      expect(await refusalOf(open({ token: 'x' }))).toEqual(UNAUTHENTICATED);
      for (const name of ['ticket', 'integration_token'])
        expect(await refusalOf(open({ query: { [name]: 'x.y.z' } }))).toEqual(UNAUTHENTICATED);
      const { key } = await givenApiKey(app, {
        organizationId: owner.organizationId,
        by: owner,
        scopes: ['live:read'],
      });
      expect(await refusalOf(open({ key }))).toEqual([403, 'insufficient_api_key_scope']);
      expect(await refusalOf(open({ token: ada.accessToken }))).toEqual([404, 'live_session_not_found']);
    });

    it('answers a request without an upgrade with 426', async () => {
      const response = await app.get('/api/live/socket', { token: ada.accessToken });
      expect(statusAndCode(response)).toEqual([426, 'upgrade_required']);
      expect(response.headers.upgrade).toBe('websocket');
    });

    it.each([
      [{ session_type: 'avatar' }, 'session_type'],
      [{ session_id: 'x' }, 'session_id'],
      [{ instructions: 'x' }, 'instructions'],
      [{ language: '!' }, 'language'],
    ])('refuses the parameters %j', async (query, field) => {
      const error = await open({ token: ada.accessToken, query }).catch((refusal: unknown) => refusal);
      expect(error).toMatchObject({ status: 400, text: expect.stringContaining(`"path":"${field}"`) });
    });

    it('takes a ticket once, also of parallel requests', async () => {
      const user = await givenUserWithId(app);
      const { socket_ticket: ticket } = (await expectStatus(200, startLive(app, user))).body;
      const openings = await Promise.allSettled(
        [app, sibling, app, sibling].map((at) => open({ query: { ticket } }, at)),
      );
      const opened = openings.flatMap((opening) => (opening.status === 'fulfilled' ? [opening.value] : []));
      expect(opened).toHaveLength(1);
      await opened[0]?.close();
      expect(await refusalOf(open({ query: { ticket } }))).toEqual(UNAUTHENTICATED);
    });
  });

  it('says who speaks, and answers pings', async () => {
    const { id, client } = await talk();
    expect(client.events[0]).toEqual({
      type: 'session.ready',
      seq: expect.any(Number),
      data: {
        session_id: id,
        session_type: 'voice',
        disclosure: expect.stringContaining('AI'),
        audio: false,
        remaining_seconds: expect.any(Number),
        idle_seconds: 60,
        heartbeat_seconds: 15,
      },
    });
    client.send('ping', { id: 'a' });
    expect((await client.waitFor('pong')).data).toEqual({ id: 'a' });
    await client.close();
  });

  it('answers a text while it is written, with numbered events', async () => {
    const { client } = await talk();
    client.send('text.input', { text: 'What is a verb?' }, 1);
    const ended = await client.waitFor('turn.ended');
    const [said, started] = [client.events[1], client.events[2]];
    expect(said).toMatchObject({ type: 'transcript.final', data: { role: 'user', text: 'What is a verb?' } });
    expect(started).toMatchObject({ type: 'turn.started', data: { reply_to: said?.data.turn_id } });
    const text = client.events
      .filter(({ type }) => type === 'ai.text')
      .map(({ data }) => data.delta as string);
    expect(text.join('')).toContain('No language model answered this');
    expect(ended.data).toMatchObject({
      turn_id: started?.data.turn_id,
      reason: 'completed',
      heard_text: text.join(''),
      generated_text: text.join(''),
      delays: { first_text: expect.any(Number), last_text: expect.any(Number), first_audio: null },
    });
    const answer = client.events.find(({ type, data }) => type === 'transcript.final' && data.role === 'ai');
    expect(answer?.data).toMatchObject({ text: text.join(''), turn_id: started?.data.turn_id });
    const numbers = client.events.map(({ seq }) => seq);
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
    await client.close();
  });

  it('tells the client that audio needs a speech provider', async () => {
    const { client } = await talk();
    client.socket.send(Buffer.alloc(960));
    expect((await client.waitFor('error')).data).toMatchObject({ code: 'speech_not_configured' });
    await client.close();
  });

  it('closes with 1009 after a message that is too large', async () => {
    const { client } = await talk();
    client.socket.send('x'.repeat(200_000));
    expect((await client.closed).code).toBe(1009);
  });

  it('ends the session on request', async () => {
    const { user, id, client } = await talk();
    client.send('session.end');
    expect((await client.waitFor('session.ending')).data).toEqual({ reason: 'ended' });
    expect((await client.closed).code).toBe(1000);
    expect((await expectStatus(200, endLive(app, user, id))).body).toMatchObject({ end_reason: 'client' });
  });

  it('closes when another process ends the session', async () => {
    const { user, id, client } = await talk();
    await expectStatus(200, endLive(sibling, user, id));
    expect((await client.closed).code).toBe(1000);
    expect(await refusalOf(open({ token: user.accessToken, query: { session_id: id } }))).toEqual([
      409,
      'live_session_ended',
    ]);
  });

  it.each(['this', 'another'])('belongs to the newer one, on %s process', async (where) => {
    const { user, client } = await talk();
    const newer = await open({ token: user.accessToken }, where === 'this' ? app : sibling);
    expect(await client.closed).toEqual({ code: 4409, reason: 'replaced' });
    expect((await newer.waitFor('session.ready')).seq).toBeGreaterThan(client.events.at(-2)?.seq ?? 0);
    newer.send('ping');
    await newer.waitFor('pong');
    await newer.close();
  });

  it.each(['this', 'another'])('sends again what was missed, on %s process', async (where) => {
    const { user, client } = await talk();
    client.send('text.input', { text: 'What is a noun?' });
    await client.waitFor('turn.ended');
    client.socket.terminate();
    const [ready, ...missed] = client.events;
    const next = await open({ token: user.accessToken }, where === 'this' ? app : sibling);
    const { seq } = await next.waitFor('session.ready');
    next.send('session.resume', { last_seq: ready?.seq });
    await next.waitFor('turn.ended');
    expect(next.events.filter((event) => event.seq < seq)).toEqual(missed);
    next.send('session.resume', { last_seq: 1_000_000 });
    expect((await next.waitFor('session.resync')).data).toEqual({ last_seq: expect.any(Number) });
    await next.close();
  });

  it.each([
    ['log-out', (user: UserWithId) => app.post('/api/auth/logout', {}, { token: user.accessToken })],
    [
      'the deletion of the account',
      ({ accessToken: token, password }: UserWithId) =>
        app.call('DELETE', '/api/auth/me', { token, body: { password } }),
    ],
  ])('closes with 4401 or 4404 within a second after %s', async (_what, end) => {
    const { user, client } = await talk();
    const since = performance.now();
    expect((await end(user)).status).toBeLessThan(300);
    const { code } = await client.closed;
    expect([4401, 4404]).toContain(code);
    expect(performance.now() - since).toBeLessThan(1_000);
  });

  it('closes with 4401 when its API key is deleted', async () => {
    const request = { organizationId: owner.organizationId, by: owner, scopes: ['live:write' as const] };
    const key = await givenApiKey(app, request);
    await givenLiveSession(app, key);
    const client = await open({ key: key.key }, sibling);
    await client.waitFor('session.ready');
    await expectStatus(204, app.delete(`/api/api-keys/${key.id}`, { token: owner.accessToken }));
    expect((await client.closed).code).toBe(4401);
  });

  it('warns of the end of the quota, and closes with 4429', async () => {
    const { client } = await talk();
    for (let step = 0; step < 5; step += 1) {
      client.send('text.input', { text: 'Go on.' });
      await client.waitFor('turn.ended', client.events.length);
      app.clock.advance(15);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect((await client.waitFor('quota.warning')).data.remaining_seconds).toBeLessThanOrEqual(60);
    app.clock.advance(16);
    expect(await client.closed).toEqual({ code: 4429, reason: 'quota_exceeded' });
    expect(client.types().slice(-2)).toEqual(['quota.exceeded', 'session.ending']);
  });

  it('warns when the user is silent, and ends', async () => {
    const { client } = await talk();
    app.clock.advance(40);
    await new Promise((resolve) => setTimeout(resolve, 500));
    app.clock.advance(6);
    await client.waitFor('idle.warning');
    app.clock.advance(20);
    expect(await client.closed).toEqual({ code: 1000, reason: 'idle' });
  });

  describe('with an integration token', () => {
    const embed = (token: string, origin = ORIGIN, query = {}): Promise<LiveSocketClient> =>
      open({ origin, query: { integration_token: token, ...query } });

    it('needs its scope and its origin', async () => {
      const { token } = await givenIntegrationToken(app, owner, { scopes: ['live:use'] });
      expect(await refusalOf(embed(token, 'https://other.example.com'))).toEqual([403, 'origin_not_allowed']);
      expect(await refusalOf(open({ query: { integration_token: token } }))).toEqual([
        403,
        'origin_not_allowed',
      ]);
      expect(await refusalOf(embed(token, ORIGIN, { session_id: ada.id }))).toEqual([
        400,
        'validation_failed',
      ]);
      const other = await givenIntegrationToken(app, owner, { scopes: ['quota:read'] });
      expect(await refusalOf(embed(other.token))).toEqual([403, 'grant_scope_missing']);
    });

    it('has a session without a user, which ends with the token', async () => {
      await app.sql("INSERT INTO live_plans VALUES ($1, 'free', now()) ON CONFLICT DO NOTHING", [
        owner.organizationId,
      ]);
      const { token } = await givenIntegrationToken(app, owner, { scopes: ['live:use'] });
      const client = await embed(token, ORIGIN, { session_type: 'avatar' });
      client.send('text.input', { text: 'What is a verb?' });
      await client.waitFor('turn.ended');
      expect(client.types()).toContain('avatar.state');
      const body = { integrationToken: token, reason: 'manual-revoke' };
      await expectStatus(200, callIntegration(app, owner, 'POST revoke', body));
      expect((await client.closed).code).toBe(4401);
    });
  });
});
