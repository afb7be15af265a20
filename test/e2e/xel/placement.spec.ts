import { ItemBank } from '@/modules/xel/placement/item-bank.js';
import { DAY } from '@/platform/kernel/durations.js';
import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  givenUserWithId,
  inParallel,
  logIn,
  UNKNOWN_ID,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';
import { COURSE, submitTask } from '@test/support/xel/course.js';

const URL_PATH = '/api/xel/placement';
const BANK = ItemBank.fromFile();

describe('the placement test', () => {
  let app: TestApp;
  let ada: UserWithId;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(async () => {
    ada = await givenUserWithId(app);
  });
  afterAll(() => app.stop());

  const post = (body: object, { accessToken: token } = ada): Promise<TestResponse> =>
    app.post(URL_PATH, body, { token });
  const get = async () => (await expectStatus(200, app.get(URL_PATH, { token: ada.accessToken }))).body;
  const answerBody = (
    { placement_id, item }: { placement_id: string; item: { id: string } },
    right = true,
  ) => {
    const known = BANK.find(item.id);
    const wrong = known?.options.find(({ id }) => id !== known.answerId)?.id;
    return { placement_id, item_id: item.id, response: right ? known?.answerId : wrong };
  };

  async function finish(right: boolean) {
    let { body } = await expectStatus(200, post({}));
    while (body.status === 'in_progress')
      body = (await expectStatus(200, post(answerBody(body, right)))).body;
    return body;
  }

  it('starts, is resumed, and never says whether an answer was right', async () => {
    expect(await get()).toMatchObject({ placement_id: null, status: 'not_started', item: null });
    const { body: started } = await expectStatus(200, post({}));
    expect(started).toMatchObject({
      status: 'in_progress',
      answered: 0,
      max_items: 24,
      result: null,
      retake_at: null,
    });
    expect(started.item.options).toHaveLength(4);
    expect((await expectStatus(200, post({}))).body).toEqual(started);
    expect(await get()).toEqual(started);
    const { body: next } = await expectStatus(200, post(answerBody(started)));
    expect(next).toMatchObject({ placement_id: started.placement_id, answered: 1, status: 'in_progress' });
    expect(next.item.id).not.toBe(started.item.id);
    expect(JSON.stringify(next)).not.toMatch(/correct|ability|difficulty|"level"/);
    expect(COURSE.findTask(next.item.id)).toBeUndefined();
  });

  it('places a learner who knows everything at C1, and shows it on the dashboard', async () => {
    const result = await finish(true);
    expect(result).toMatchObject({
      status: 'finished',
      item: null,
      result: { cefr: 'C1', interval_basis: 'uncalibrated' },
    });
    expect(result.result.interval[1]).toBe('C1');
    expect(result.answered).toBeGreaterThanOrEqual(8);
    const { body } = await expectStatus(200, app.get('/api/xel/dashboard', { token: ada.accessToken }));
    expect(body).toMatchObject({
      current_level: 'C1',
      placement: result.result,
      next_module: { level: 'C1' },
    });
  });

  it('places a learner who knows nothing at A1, and can be repeated after seven days', async () => {
    const result = await finish(false);
    expect(result.result).toMatchObject({ cefr: 'A1' });
    const refused = await post({});
    expect(statusAndCode(refused)).toEqual([409, 'placement_too_soon']);
    expect(refused.body.detail.retake_at).toBe(result.retake_at);
    app.clock.advance(7 * DAY);
    const again = await post({}, { ...ada, accessToken: await logIn(app, ada) });
    expect(again.body).toMatchObject({ status: 'in_progress', answered: 0 });
  });

  it('refuses answers to other items and tests, and incomplete ones', async () => {
    const { body } = await expectStatus(200, post({}));
    const answer = answerBody(body);
    await expectStatus(200, post(answer));
    expect(statusAndCode(await post(answer))).toEqual([409, 'placement_item_not_current']);
    expect(statusAndCode(await post({ ...answer, item_id: 'item-unknown' }))).toEqual([
      409,
      'placement_item_not_current',
    ]);
    expect(statusAndCode(await post({ ...answer, placement_id: UNKNOWN_ID }))).toEqual([
      404,
      'placement_not_found',
    ]);
    const bob = await givenUserWithId(app);
    expect(statusAndCode(await post(answer, bob))).toEqual([404, 'placement_not_found']);
    for (const field of ['placement_id', 'item_id', 'response'] as const) {
      const refused = await post({ ...answer, [field]: undefined });
      expect([refused.status, refused.body.detail.fields[0].path]).toEqual([400, field]);
    }
  });

  it('is one test however often it is started, and each item is answered once', async () => {
    const started = await inParallel(8, () => post({}));
    expect(new Set(started.map(({ body }) => body.placement_id)).size).toBe(1);
    const answers = await inParallel(8, () => post(answerBody(started[0]?.body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([
      200,
      ...Array.from({ length: 7 }, () => 409),
    ]);
    expect(await get()).toMatchObject({ answered: 1 });
  });

  it('is part of the export, and erased with the account', async () => {
    const { body } = await expectStatus(200, post({}));
    await expectStatus(200, post(answerBody(body)));
    const call = { token: ada.accessToken, body: { password: ada.password } };
    await expectStatus(204, app.call('DELETE', '/api/auth/me', call));
    expect(await app.sql('SELECT id FROM xel_placements WHERE user_id = $1', [ada.id])).toEqual([]);
    expect(
      await app.sql('SELECT item_id FROM xel_placement_answers WHERE placement_id = $1', [body.placement_id]),
    ).toEqual([]);
  });

  it('has a dashboard of what was done', async () => {
    const task = 'a1-introductions-am-is-are';
    await expectStatus(200, submitTask(app, ada, task, 'is'));
    await expectStatus(200, submitTask(app, ada, task));
    const { body } = await expectStatus(200, app.get('/api/xel/dashboard', { token: ada.accessToken }));
    expect(body).toMatchObject({
      modules_total: COURSE.modules.length,
      modules_completed: 0,
      tasks_completed: 1,
      average_score: 100,
      current_level: 'A1',
      placement: null,
      next_module: { id: 'a1-introductions', status: 'in_progress' },
    });
    expect(body.recent_activity).toEqual([
      expect.objectContaining({ task_id: task, score: 100, passed: true, title: 'I and the verb be' }),
      expect.objectContaining({ task_id: task, score: 0, passed: false }),
    ]);
  });
});
