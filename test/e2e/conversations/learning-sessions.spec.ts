import { type GivenKey, givenKey } from '@test/support/auth/api-keys.js';
import { type Answer, TestApp } from '@test/support/app/test-app.js';
import { ask, CONVERSATIONS, givenConversation } from '@test/support/ai/conversations.js';
import { expectStatus } from '@test/support/auth/given-users.js';
import { givenFounder, refusal, together } from '@test/support/organizations/given-organizations.js';

const MINUTE = 60;
const NONE = [404, 'learning_session_not_found'];

describe('learning sessions', () => {
  let app: TestApp;
  /** A key does not expire while the clock is moved. */
  let ada: GivenKey;
  let id: string;

  beforeAll(async () => {
    app = await TestApp.start();
    app.clock.freeze(); // durations are exact
    const by = await givenFounder(app);
    const { organizationId } = by;
    ada = await givenKey(app, { organizationId, by, scopes: ['conversations:read', 'conversations:write'] });
  });
  beforeEach(async () => {
    id = await givenConversation(app, ada);
  });
  afterAll(() => app.stop());

  const post = (verb: string): Promise<Answer> =>
    ask(app, ada, `POST ${CONVERSATIONS}/${id}/session/${verb}`);
  const status = async () =>
    (await expectStatus(200, ask(app, ada, `GET ${CONVERSATIONS}/${id}/session/status`))).body;
  const sessions = () =>
    app.sql<{ ended_at: Date | null }>('SELECT * FROM learning_sessions WHERE conversation_id = $1', [id]);

  it('are started, kept up and ended', async () => {
    expect(await status()).toEqual({ status: 'inactive' });
    const started = (await expectStatus(200, post('start'))).body;
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
    const kept = (await expectStatus(200, post('activity'))).body;
    expect(kept).toMatchObject({ session_id: started.session_id, status: 'active', duration_seconds: 90 });
    expect(kept.last_activity_at > started.last_activity_at).toBe(true);
    expect(await status()).toEqual(kept);
    app.clock.advance(30);
    expect((await status()).duration_seconds).toBe(120);
    const ended = (await expectStatus(200, post('end'))).body;
    expect(ended).toMatchObject({ session_id: started.session_id, status: 'ended', duration_seconds: 120 });
    expect(ended.ended_at).toBe(ended.last_activity_at);
    expect(await status()).toEqual({ status: 'inactive' });
  });

  it('are started once', async () => {
    const first = (await expectStatus(200, post('start'))).body;
    app.clock.advance(5);
    const again = (await expectStatus(200, post('start'))).body;
    expect(again).toEqual({ ...first, duration_seconds: 5 });
    await post('end');
    expect((await post('start')).body.session_id).not.toBe(first.session_id);
  });

  it('that are not active can neither go on nor end', async () => {
    expect(refusal(await post('activity'))).toEqual(NONE);
    expect(refusal(await post('end'))).toEqual(NONE);
    await post('start');
    await post('end');
    expect(refusal(await post('activity'))).toEqual(NONE);
    expect(refusal(await post('end'))).toEqual(NONE);
  });

  it('silent for half an hour have ended at their last activity', async () => {
    const { session_id, last_activity_at } = (await post('start')).body;
    app.clock.advance(30 * MINUTE - 1);
    expect((await status()).session_id).toBe(session_id);
    app.clock.advance(1);
    expect(await status()).toEqual({ status: 'inactive' });
    expect(refusal(await post('activity'))).toEqual(NONE);
    expect(refusal(await post('end'))).toEqual(NONE);
    const next = (await expectStatus(200, post('start'))).body;
    expect(next.session_id).not.toBe(session_id);
    const [old] = (await sessions()).filter(({ ended_at }) => ended_at !== null);
    expect(old?.ended_at?.toISOString()).toBe(last_activity_at);
  });

  it('kept up every 20 minutes last for hours', async () => {
    const { session_id } = (await post('start')).body;
    for (let count = 0; count < 9; count += 1) {
      app.clock.advance(20 * MINUTE);
      expect((await expectStatus(200, post('activity'))).body.session_id).toBe(session_id);
    }
    expect((await post('end')).body.duration_seconds).toBe(3 * 60 * MINUTE);
  });

  it('started twenty times at once are one, also after a silent one', async () => {
    for (let round = 0; round < 3; round += 1) {
      const answers = await together(20, () => post('start'));
      expect(answers.map((answer) => answer.status)).toEqual(Array<number>(20).fill(200));
      expect(new Set(answers.map(({ body }) => body.session_id)).size).toBe(1);
      expect(await sessions()).toHaveLength(round + 1);
      app.clock.advance(31 * MINUTE);
    }
  });

  it('are ended by one of twenty', async () => {
    await post('start');
    const answers = await together(20, () => post('end'));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, ...Array<number>(19).fill(404)]);
  });

  it('are in order whatever comes at once', async () => {
    await post('start');
    const verbs = ['start', 'activity', 'end'];
    const answers = await together(30, (index) => post(verbs[index % 3] ?? ''));
    for (const answer of answers) expect([200, 404]).toContain(answer.status);
    expect((await sessions()).filter(({ ended_at }) => ended_at === null).length).toBeLessThanOrEqual(1);
  });

  it('started while their conversation is deleted leave nothing behind', async () => {
    const [starts] = await Promise.all([
      together(10, () => post('start')),
      ask(app, ada, `DELETE ${CONVERSATIONS}/${id}`),
    ]);
    for (const answer of starts) expect([200, 404]).toContain(answer.status);
    expect(await sessions()).toHaveLength(0);
  });
});
