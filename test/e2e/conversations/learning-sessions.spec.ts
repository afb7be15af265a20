import { callAs, CONVERSATIONS_URL, givenConversation } from '@test/support/ai/conversations.js';
import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { type TestApiKey, givenApiKey } from '@test/support/auth/api-keys.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import { givenOwnerWithId, inParallel } from '@test/support/organizations/given-organizations.js';

const MINUTE_SECONDS = 60;
const SESSION_NOT_FOUND = [404, 'learning_session_not_found'];

describe('learning sessions', () => {
  let app: TestApp;
  /** An API key, because it stays valid when the clock is advanced by hours. */
  let ada: TestApiKey;
  let id: string;

  beforeAll(async () => {
    app = await TestApp.start();
    app.clock.freeze(); // durations are exact
    const by = await givenOwnerWithId(app);
    const { organizationId } = by;
    ada = await givenApiKey(app, {
      organizationId,
      by,
      scopes: ['conversations:read', 'conversations:write'],
    });
  });
  beforeEach(async () => {
    id = await givenConversation(app, ada);
  });
  afterAll(() => app.stop());

  const changeSession = (verb: string): Promise<TestResponse> =>
    callAs(app, ada, `POST ${CONVERSATIONS_URL}/${id}/session/${verb}`);
  const getStatus = async () =>
    (await expectStatus(200, callAs(app, ada, `GET ${CONVERSATIONS_URL}/${id}/session/status`))).body;
  const storedSessions = () =>
    app.sql<{ ended_at: Date | null }>('SELECT * FROM learning_sessions WHERE conversation_id = $1', [id]);

  it('are started, extended and ended', async () => {
    expect(await getStatus()).toEqual({ status: 'inactive' });
    const started = (await expectStatus(200, changeSession('start'))).body;
    expect(started).toEqual({
      session_id: expect.any(String),
      conversation_id: id,
      status: 'active',
      started_at: expect.stringMatching(/Z$/),
      last_activity_at: started.started_at,
      ended_at: null,
      duration_seconds: 0,
    });
    app.clock.advance(90);
    const kept = (await expectStatus(200, changeSession('activity'))).body;
    expect(kept).toMatchObject({ session_id: started.session_id, status: 'active', duration_seconds: 90 });
    expect(kept.last_activity_at > started.last_activity_at).toBe(true);
    expect(await getStatus()).toEqual(kept);
    app.clock.advance(30);
    expect((await getStatus()).duration_seconds).toBe(120);
    const ended = (await expectStatus(200, changeSession('end'))).body;
    expect(ended).toMatchObject({ session_id: started.session_id, status: 'ended', duration_seconds: 120 });
    expect(ended.ended_at).toBe(ended.last_activity_at);
    expect(await getStatus()).toEqual({ status: 'inactive' });
  });

  it('are started once until they end', async () => {
    const first = (await expectStatus(200, changeSession('start'))).body;
    app.clock.advance(5);
    const again = (await expectStatus(200, changeSession('start'))).body;
    expect(again).toEqual({ ...first, duration_seconds: 5 });
    await changeSession('end');
    expect((await changeSession('start')).body.session_id).not.toBe(first.session_id);
  });

  it('that are not active can be neither extended nor ended', async () => {
    expect(statusAndCode(await changeSession('activity'))).toEqual(SESSION_NOT_FOUND);
    expect(statusAndCode(await changeSession('end'))).toEqual(SESSION_NOT_FOUND);
    await changeSession('start');
    await changeSession('end');
    expect(statusAndCode(await changeSession('activity'))).toEqual(SESSION_NOT_FOUND);
    expect(statusAndCode(await changeSession('end'))).toEqual(SESSION_NOT_FOUND);
  });

  it('without activity for 30 minutes have ended at their last activity', async () => {
    const { session_id, last_activity_at } = (await changeSession('start')).body;
    app.clock.advance(30 * MINUTE_SECONDS - 1);
    expect((await getStatus()).session_id).toBe(session_id);
    app.clock.advance(1);
    expect(await getStatus()).toEqual({ status: 'inactive' });
    expect(statusAndCode(await changeSession('activity'))).toEqual(SESSION_NOT_FOUND);
    expect(statusAndCode(await changeSession('end'))).toEqual(SESSION_NOT_FOUND);
    const next = (await expectStatus(200, changeSession('start'))).body;
    expect(next.session_id).not.toBe(session_id);
    const [old] = (await storedSessions()).filter(({ ended_at }) => ended_at !== null);
    expect(old?.ended_at?.toISOString()).toBe(last_activity_at);
  });

  it('with activity every 20 minutes last for hours', async () => {
    const { session_id } = (await changeSession('start')).body;
    for (let count = 0; count < 9; count += 1) {
      app.clock.advance(20 * MINUTE_SECONDS);
      expect((await expectStatus(200, changeSession('activity'))).body.session_id).toBe(session_id);
    }
    expect((await changeSession('end')).body.duration_seconds).toBe(3 * 60 * MINUTE_SECONDS);
  });

  it('are started once by 20 concurrent requests, also after an inactive one', async () => {
    for (let round = 0; round < 3; round += 1) {
      const responses = await inParallel(20, () => changeSession('start'));
      expect(responses.map((response) => response.status)).toEqual(Array<number>(20).fill(200));
      expect(new Set(responses.map(({ body }) => body.session_id)).size).toBe(1);
      expect(await storedSessions()).toHaveLength(round + 1);
      app.clock.advance(31 * MINUTE_SECONDS);
    }
  });

  it('are ended by one of 20 concurrent requests', async () => {
    await changeSession('start');
    const responses = await inParallel(20, () => changeSession('end'));
    expect(responses.map((response) => response.status).sort()).toEqual([
      200,
      ...Array<number>(19).fill(404),
    ]);
  });

  it('stay consistent under concurrent starts, activities and ends', async () => {
    await changeSession('start');
    const verbs = ['start', 'activity', 'end'];
    const responses = await inParallel(30, (index) => changeSession(verbs[index % 3] ?? ''));
    for (const response of responses) expect([200, 404]).toContain(response.status);
    expect((await storedSessions()).filter(({ ended_at }) => ended_at === null).length).toBeLessThanOrEqual(
      1,
    );
  });

  it('started while their conversation is deleted are deleted with it', async () => {
    const [starts] = await Promise.all([
      inParallel(10, () => changeSession('start')),
      callAs(app, ada, `DELETE ${CONVERSATIONS_URL}/${id}`),
    ]);
    for (const response of starts) expect([200, 404]).toContain(response.status);
    expect(await storedSessions()).toHaveLength(0);
  });
});
