import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import {
  CALENDAR_PATH,
  type ConnectedUser,
  givenConnectedUser,
} from '@test/support/google/connected-users.js';
import type { FakeEvent } from '@test/support/google/fake-calendars.js';
import { FakeGoogle } from '@test/support/google/fake-google.js';
import { apiError } from '@test/support/google/fake-http.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import { inParallel } from '@test/support/organizations/given-organizations.js';

const EVENTS = '/calendar/v3/calendars/primary/events';
/** In Berlin, summer time begins on 30 March 2036. */
const REQUEST = {
  module_id: 'b1-experiences',
  from: '2036-03-29',
  to: '2036-03-30',
  session_minutes: 60,
  max_per_day: 2,
  earliest: '08:00',
  latest: '12:00',
};

describe('a study plan', () => {
  let app: TestApp;
  let google: FakeGoogle;
  let user: ConnectedUser;

  beforeAll(async () => {
    google = await FakeGoogle.start();
    app = await TestApp.start({ env: google.env });
  });
  beforeEach(async () => {
    user = await givenConnectedUser(app, google);
    await expectStatus(
      200,
      app.patch('/api/auth/me', { timezone: 'Europe/Berlin' }, { token: user.accessToken }),
    );
  });
  afterEach(() => google.reset());
  afterAll(async () => {
    await app.stop();
    await google.stop();
  });

  const plan = (change: object = {}, headers: Record<string, string> = {}): Promise<TestResponse> =>
    app.post(`${CALENDAR_PATH}/study-plan`, { ...REQUEST, ...change }, { token: user.accessToken, headers });
  const starts = ({ body }: TestResponse): string[] =>
    (body.events as { starts_at: string }[]).map(({ starts_at }) => starts_at);
  const stored = (): FakeEvent[] => google.calendars.events(user.account);

  it('puts sessions into free times of the zone of the user, on both sides of a change of the clock', async () => {
    google.calendars.add(user.account, '2036-03-29T07:30:00Z', '2036-03-29T08:07:00Z');
    google.calendars.add(user.account, '2036-03-29', '2036-03-31', { transparency: 'transparent' });
    const created = await expectStatus(201, plan());
    expect(created.body).toMatchObject({ module_id: 'b1-experiences', time_zone: 'Europe/Berlin' });
    expect(starts(created)).toEqual([
      '2036-03-29T08:10:00.000Z', // 9:10, after the appointment
      '2036-03-29T09:10:00.000Z',
      '2036-03-30T06:00:00.000Z', // 8:00 in summer time
      '2036-03-30T07:00:00.000Z',
    ]);
    const sessions = stored().filter(({ summary }) => summary === 'Xentree English: Have you ever ...?');
    expect(sessions.map(({ id }) => id).sort()).toEqual(
      (created.body.events as { id: string }[]).map(({ id }) => id).sort(),
    );
    const night = await expectStatus(
      201,
      plan({ module_id: 'a1-my-town', earliest: '02:00', latest: '03:00' }),
    );
    expect(starts(night)).toEqual(['2036-03-29T01:00:00.000Z']); // there is no 2:30 on the second day
  });

  it('creates nothing twice, when it is repeated or sent in parallel', async () => {
    const responses = await inParallel(4, () => plan());
    for (const response of responses) expect(response.status).toBe(201);
    const before = stored();
    expect(before).toHaveLength(4);
    const repeated = await expectStatus(201, plan());
    expect(repeated.body.events).toEqual(
      before.map(({ id }) => expect.objectContaining({ id, created: false })),
    );
    const smaller = await expectStatus(201, plan({ max_per_day: 1 }));
    expect(smaller.body.events).toHaveLength(4);
    expect(stored()).toEqual(before);
  });

  it('leaves sessions where the user has moved them, and does not bring back deleted ones', async () => {
    const { body } = await expectStatus(201, plan());
    const [first, second] = body.events as { id: string }[];
    const calendar = stored();
    const moved = calendar.find(({ id }) => id === first?.id) as FakeEvent;
    Object.assign(moved, {
      start: { dateTime: '2036-03-30T10:00:00Z' },
      end: { dateTime: '2036-03-30T11:00:00Z' },
    });
    const deleted = calendar.find(({ id }) => id === second?.id) as FakeEvent;
    deleted.status = 'cancelled';
    const repeated = await expectStatus(201, plan());
    expect((repeated.body.events as { created: boolean }[]).filter(({ created }) => created)).toEqual([]);
    expect(stored()).toHaveLength(3);
  });

  it('has at most 60 sessions', async () => {
    const long = { from: '2036-01-01', to: '2036-03-30', session_minutes: 30 };
    expect((await expectStatus(201, plan(long))).body.events).toHaveLength(60);
    expect((await expectStatus(201, plan(long))).body.events).toHaveLength(60);
    expect(stored()).toHaveLength(60);
  });

  it('is completed by a repetition after a failure', async () => {
    let inserts = 0;
    google.intercept = ({ method, path }) =>
      method === 'POST' && path === EVENTS && (inserts += 1) > 2
        ? { ...apiError(403, 'userRateLimitExceeded'), headers: { 'retry-after': '60' } }
        : undefined;
    const failed = await plan({}, { 'idempotency-key': 'plan-1' });
    expect(statusAndCode(failed)).toEqual([429, 'integration_rate_limited']);
    google.reset();
    const completed = await expectStatus(201, plan({}, { 'idempotency-key': 'plan-1' }));
    expect(completed.body.events).toHaveLength(4);
    const replayed = await expectStatus(201, plan({}, { 'idempotency-key': 'plan-1' }));
    expect(replayed.body).toEqual(completed.body);
    expect(stored()).toHaveLength(4);
  });

  it('is limited by the requests to Google of its user, and completed a minute later', async () => {
    const limited = await TestApp.start({ siblingOf: app, env: { ...google.env, RATE_LIMITS: 'on' } });
    const other = await givenConnectedUser(app, google);
    const send = (by: ConnectedUser, change: object = {}): Promise<TestResponse> =>
      limited.post(`${CALENDAR_PATH}/study-plan`, { ...REQUEST, ...change }, { token: by.accessToken });
    const change = { from: '2036-01-01', to: '2036-03-30', session_minutes: 30 };
    const modules = ['a1-my-town', 'a2-plans', 'a2-health', 'b1-opinions', 'c1-nuance'];
    for (const module_id of modules.slice(0, 4))
      await expectStatus(201, send(user, { ...change, module_id }));
    const refused = await send(user, { ...change, module_id: modules[4] });
    expect(statusAndCode(refused)).toEqual([429, 'too_many_attempts']);
    await expectStatus(201, send(other));
    app.clock.advance(61);
    await expectStatus(201, send(user, { ...change, module_id: modules[4] }));
    const { summary } = stored().at(-1) as FakeEvent;
    expect(stored().filter((event) => event.summary === summary)).toHaveLength(60);
    await limited.stop();
  });

  it('is not made while the busy times cannot be read', async () => {
    google.intercept = ({ path }) =>
      path.endsWith('/freeBusy')
        ? {
            status: 200,
            body: { calendars: { primary: { errors: [{ reason: 'internalError' }], busy: [] } } },
          }
        : undefined;
    expect(statusAndCode(await plan())).toEqual([502, 'provider_failed']);
    expect(stored()).toEqual([]);
  });

  it('begins not before now', async () => {
    const today = await expectStatus(201, plan({ from: '2020-01-01', to: '2020-01-10' }));
    expect(today.body.events).toEqual([]);
    const moments = { from: '2036-03-29T09:00:00Z', to: '2036-03-29T10:30:00Z' };
    expect(starts(await expectStatus(201, plan(moments)))).toEqual(['2036-03-29T09:00:00.000Z']);
  });

  it.each([
    [{ to: '2036-03-28' }, 'to'],
    [{ to: '2036-06-27' }, 'to'],
    [{ latest: '08:59' }, 'latest'],
    [{ latest: '24:00' }, 'latest'],
    [{ from: '2036-02-30' }, 'from'],
    [{ module_id: 'Present Perfect' }, 'module_id'],
    [{ module_id: 'no-module' }, 'module_id'],
    [{ max_per_day: 7 }, 'max_per_day'],
    [{ session_minutes: 0 }, 'session_minutes'],
  ])('is refused with %j', async (change, path) => {
    const refused = await plan(change);
    expect(statusAndCode(refused)).toEqual([400, 'validation_failed']);
    expect(refused.body.detail.fields).toEqual([expect.objectContaining({ path })]);
  });

  it.each(['keep', 'remove'])('ends with the connection as asked: %s', async (choice) => {
    google.calendars.add(user.account, '2036-03-29T05:00:00Z', '2036-03-29T06:00:00Z', { summary: 'own' });
    await expectStatus(201, plan());
    const url = `${CALENDAR_PATH}?study_plan=${choice}`;
    await expectStatus(204, app.delete(url, { token: user.accessToken }));
    for (let poll = 0; poll < 200 && google.oauth.isGranted(user.account); poll += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(google.oauth.isGranted(user.account)).toBe(false);
    expect(stored()).toHaveLength(choice === 'keep' ? 5 : 1);
  });
});

describe('an event', () => {
  let app: TestApp;
  let google: FakeGoogle;
  let user: ConnectedUser;
  const TALK = { title: 'Talk', starts_at: '2036-01-02T15:00:00Z', ends_at: '2036-01-02T15:30:00Z' };

  beforeAll(async () => {
    google = await FakeGoogle.start();
    app = await TestApp.start({ env: google.env });
    user = await givenConnectedUser(app, google);
  });
  beforeEach(() => google.calendars.clear(user.account));
  afterEach(() => google.reset());
  afterAll(async () => {
    await app.stop();
    await google.stop();
  });

  const create = (body: object, key?: string): Promise<TestResponse> =>
    app.post(`${CALENDAR_PATH}/events`, body, {
      token: user.accessToken,
      headers: key === undefined ? {} : { 'idempotency-key': key },
    });
  const list = (query: string): Promise<TestResponse> =>
    app.get(`${CALENDAR_PATH}/events?${query}`, { token: user.accessToken });

  it('is created once, although the answer of Google was lost', async () => {
    let lost = 1;
    google.intercept = (request) => {
      if (request.method !== 'POST' || request.path !== EVENTS || lost-- <= 0) return undefined;
      google.calendars.answer(request, google.oauth.findAccess(request.token));
      return 'hang up';
    };
    const created = await expectStatus(201, create(TALK));
    expect(created.body).toMatchObject({
      title: 'Talk',
      starts_at: '2036-01-02T15:00:00.000Z',
      all_day: false,
    });
    expect(google.calendars.events(user.account)).toHaveLength(1);
  });

  it('is created once for an idempotency key, also when the stored answer is lost', async () => {
    const first = await expectStatus(201, create(TALK, 'talk'));
    await app.sql('DELETE FROM idempotency_keys');
    const second = await expectStatus(201, create(TALK, 'talk'));
    expect([second.body, second.headers['idempotent-replayed']]).toEqual([first.body, undefined]);
    expect(google.calendars.events(user.account)).toHaveLength(1);
    await expectStatus(201, create(TALK));
    expect(google.calendars.events(user.account)).toHaveLength(2);
  });

  it('is listed in pages, with events of whole days', async () => {
    for (const day of ['03', '01', '02'])
      google.calendars.add(user.account, `2036-01-${day}T10:00:00+01:00`, `2036-01-${day}T11:00:00+01:00`, {
        summary: day,
      });
    google.calendars.add(user.account, '2036-01-04', '2036-01-05');
    const range = 'from=2036-01-01T00:00:00Z&to=2036-02-01T00:00:00Z';
    const first = await expectStatus(200, list(`${range}&limit=3`));
    expect((first.body as { title: string }[]).map(({ title }) => title)).toEqual(['01', '02', '03']);
    expect(first.body[0]).toMatchObject({ starts_at: '2036-01-01T09:00:00.000Z', starts_on: null });
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.link ?? '')?.[1] ?? '';
    const second = await expectStatus(200, app.get(next, { token: user.accessToken }));
    expect(second.body).toEqual([
      expect.objectContaining({
        title: null,
        all_day: true,
        starts_at: null,
        starts_on: '2036-01-04',
        ends_on: '2036-01-05',
      }),
    ]);
    expect(second.headers.link).toBeUndefined();
    const refused = await list(`${range}&cursor=nonsense`);
    expect([...statusAndCode(refused), refused.body.detail.fields[0].path]).toEqual([
      400,
      'validation_failed',
      'cursor',
    ]);
  });

  it('makes its user busy', async () => {
    google.calendars.add(user.account, '2036-01-01T10:00:00Z', '2036-01-01T11:00:00Z');
    google.calendars.add(user.account, '2036-01-01T10:30:00Z', '2036-02-20T12:00:00Z');
    const range = 'from=2036-01-01T00:00:00Z&to=2036-03-01T00:00:00Z';
    const { body } = await expectStatus(
      200,
      app.get(`${CALENDAR_PATH}/free-busy?${range}`, { token: user.accessToken }),
    );
    expect(body.busy).toEqual([
      { starts_at: '2036-01-01T10:00:00.000Z', ends_at: '2036-02-20T12:00:00.000Z' },
    ]);
  });

  it('is refused with an end before its start, and in a range that is too long', async () => {
    const wrong = await create({ ...TALK, ends_at: TALK.starts_at });
    expect(wrong.body.detail.fields).toEqual([expect.objectContaining({ path: 'ends_at' })]);
    for (const range of [
      'from=2036-01-01T00:00:00Z&to=2036-01-01T00:00:00Z',
      'from=2036-01-01T00:00:00Z&to=2038-01-01T00:00:00Z',
    ])
      expect((await list(range)).body.detail.fields).toEqual([expect.objectContaining({ path: 'to' })]);
    google.intercept = ({ path }) => (path === EVENTS ? apiError(400, 'invalid') : undefined);
    expect(statusAndCode(await create(TALK))).toEqual([400, 'integration_event_refused']);
  });
});
