import { ReminderScheduler } from '@/modules/progress/reminders/reminder-scheduler.js';
import { ReminderSender } from '@/modules/progress/reminders/reminder-sender.js';
import { JobQueue } from '@/platform/jobs/index.js';
import { DAY, HOUR, MINUTE } from '@/platform/kernel/durations.js';
import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import { givenLiveSession } from '@test/support/live/live-sessions.js';
import { inParallel, logIn, type UserWithId } from '@test/support/organizations/given-organizations.js';
import { givenLearner, moveTo, record } from '@test/support/progress/learners.js';

const URL_PATH = '/api/xp/reminders';
const CONVERSATIONS = '/api/core/conversations';

describe('reminders', () => {
  let app: TestApp;
  let sibling: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
    sibling = await TestApp.start({ siblingOf: app });
  });
  afterAll(async () => {
    await sibling.stop();
    await app.stop();
  });

  const choose = async (learner: UserWithId, body: object): Promise<TestResponse> =>
    app.call('PUT', URL_PATH, { body, token: await logIn(app, learner) });
  const read = async (learner: UserWithId) =>
    (await expectStatus(200, app.get(URL_PATH, { token: await logIn(app, learner) }))).body;
  const reminders = async ({ email }: UserWithId) =>
    (await app.mails(email)).filter(({ subject }) => subject === 'Time to learn');
  const advanceTo = (time: string | Date) =>
    app.clock.advance((new Date(time).getTime() - app.clock.millis()) / 1000);

  /** Does what a process does every minute, and waits for the jobs. */
  async function runDue(process = app): Promise<void> {
    await process.nest.get(ReminderScheduler, { strict: false }).run();
    await app.nest.get(JobQueue).settle('progress.');
  }

  async function givenReachableLearner(timezone = 'UTC'): Promise<UserWithId> {
    const learner = await givenLearner(app, timezone);
    await app.sql('UPDATE users SET email_verified_at = now() WHERE id = $1', [learner.id]);
    return learner;
  }

  /** Returns a learner whose reminder is due in a minute. */
  async function givenDueLearner(timezone = 'UTC'): Promise<UserWithId> {
    const learner = await givenReachableLearner(timezone);
    const { body } = await expectStatus(200, choose(learner, { enabled: true, time: '12:00' }));
    advanceTo(body.next_at);
    return learner;
  }

  it('are off until the learner switches them on, at the time of day in the zone of the profile', async () => {
    const learner = await givenReachableLearner('Asia/Kolkata');
    expect(await read(learner)).toEqual({
      enabled: false,
      time: '18:00',
      timezone: 'Asia/Kolkata',
      next_at: null,
      last_sent_on: null,
    });
    const { body } = await expectStatus(200, choose(learner, { enabled: true, time: '07:15' }));
    expect(body).toMatchObject({
      enabled: true,
      time: '07:15',
      next_at: expect.stringContaining('T01:45:00.000Z'),
    });
    const next = Date.parse(body.next_at) - app.clock.millis();
    expect(next > 0 && next <= DAY * 1000).toBe(true);
    await expectStatus(200, choose(learner, { enabled: false }));
    expect(await read(learner)).toMatchObject({ enabled: false, time: '07:15', next_at: null });
    advanceTo(body.next_at);
    await runDue();
    expect(await reminders(learner)).toEqual([]);
  });

  it('need a verified address', async () => {
    const learner = await givenLearner(app);
    await app.sql('UPDATE users SET email_verified_at = NULL WHERE id = $1', [learner.id]);
    expect(statusAndCode(await choose(learner, { enabled: true }))).toEqual([409, 'email_not_verified']);
    await expectStatus(200, choose(learner, { enabled: false }));
    const changed = await givenDueLearner();
    await app.sql('UPDATE users SET email_verified_at = NULL WHERE id = $1', [changed.id]);
    await runDue();
    expect(await reminders(changed)).toEqual([]);
  });

  it.each(['24:00', '7:15', '07:60', '', '07:15:00', 'noon'])('refuse the time %j', async (time) => {
    const refused = await choose(await givenReachableLearner(), { enabled: true, time });
    expect([refused.status, refused.body.detail.fields[0].path]).toEqual([400, 'time']);
  });

  it('are sent once a day, by several processes too', async () => {
    const learner = await givenDueLearner();
    await Promise.all([app, sibling, app, sibling].map((process) => runDue(process)));
    expect(await reminders(learner)).toHaveLength(1);
    const send = { userId: learner.id, dueAt: app.clock.millis() };
    await inParallel(6, () => app.nest.get(ReminderSender, { strict: false }).send(send));
    await expectStatus(200, choose(learner, { enabled: true, time: '12:10' }));
    app.clock.advance(15 * MINUTE);
    await runDue();
    expect(await reminders(learner)).toHaveLength(1);
    expect((await read(learner)).last_sent_on).toBe(app.clock.now().toISOString().slice(0, 10));
    app.clock.advance(DAY);
    await runDue();
    expect(await reminders(learner)).toHaveLength(2);
  });

  it('are left out on a day on which the learner has learned, and after a long outage', async () => {
    const learner = await givenDueLearner();
    await record(app, learner);
    await runDue();
    expect(await reminders(learner)).toEqual([]);
    app.clock.advance(DAY + 4 * HOUR);
    await runDue(sibling);
    expect(await reminders(learner)).toEqual([]);
    app.clock.advance(20 * HOUR);
    await runDue();
    expect(await reminders(learner)).toHaveLength(1);
  });

  it('are left out while the learner is in a session', async () => {
    for (const start of [
      (token: string) => givenLiveSession(app, { accessToken: token }),
      async (token: string) => {
        const { id } = (await expectStatus(201, app.post(CONVERSATIONS, {}, { token }))).body;
        return expectStatus(200, app.post(`${CONVERSATIONS}/${id}/session/start`, {}, { token }));
      },
    ]) {
      const learner = await givenDueLearner();
      await start(await logIn(app, learner));
      await runDue();
      expect(await reminders(learner)).toEqual([]);
    }
  });

  it('follow a learner to another zone', async () => {
    const learner = await givenReachableLearner('UTC');
    const { body } = await expectStatus(200, choose(learner, { enabled: true, time: '12:00' }));
    await moveTo(app, { ...learner, accessToken: await logIn(app, learner) }, 'America/New_York');
    await runDue();
    const moved = await read(learner);
    expect(moved).toMatchObject({ timezone: 'America/New_York', time: '12:00' });
    expect(moved.next_at).not.toBe(body.next_at);
    expect(new Date(moved.next_at).toLocaleTimeString('en-GB', { timeZone: 'America/New_York' })).toBe(
      '12:00:00',
    );
  });

  it('are sent once on a day without the time, and once on a day that has it twice', async () => {
    const learner = await givenReachableLearner('America/New_York');
    advanceTo('2027-03-14T05:00:00Z');
    const spring = await expectStatus(200, choose(learner, { enabled: true, time: '02:30' }));
    expect(spring.body.next_at).toBe('2027-03-14T07:30:00.000Z');
    for (let hour = 0; hour < 25; hour += 1) {
      await runDue();
      app.clock.advance(HOUR);
    }
    expect(await reminders(learner)).toHaveLength(1);
    expect((await read(learner)).next_at).toBe('2027-03-15T06:30:00.000Z');
    advanceTo('2027-11-07T04:00:00Z');
    await runDue();
    await expectStatus(200, choose(learner, { enabled: true, time: '01:30' }));
    for (let hour = 0; hour < 24; hour += 1) {
      app.clock.advance(HOUR);
      await runDue();
    }
    expect(await reminders(learner)).toHaveLength(2);
  });
});
