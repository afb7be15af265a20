import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import { unzip } from '@test/support/http/zip.js';
import {
  givenUserWithId,
  UNKNOWN_ID,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';
import { COURSE, listOfferedTasks, submitTask } from '@test/support/xel/course.js';
import {
  afterDays,
  answerReview,
  evaluateText,
  loadGrammarChecker,
  readReviews,
  REVIEWS_URL,
} from '@test/support/xel/reviews.js';

const CHOICE = 'a1-introductions-am-is-are';
const LEARNED_LATE = '2099-01-01';

describe('the items of a learner', () => {
  let app: TestApp;
  let ada: UserWithId;

  beforeAll(async () => {
    app = await TestApp.start();
    await loadGrammarChecker(app);
  });
  beforeEach(async () => {
    ada = await givenUserWithId(app);
  });
  afterAll(() => app.stop());

  const itemsOf = ({ id }: UserWithId) =>
    app.sql<{ id: string; due_day: string }>(
      'SELECT id, due_day::text FROM xel_review_items WHERE owner_id = $1',
      [id],
    );
  const answer = (id: string, body: object) => answerReview(app, ada, id, body);
  const invalidField = ({
    status,
    body,
  }: {
    status: number;
    body: { detail: { fields: { path: string }[] } };
  }) => [status, body.detail.fields[0]?.path];

  async function givenDueItem(): Promise<{ id: string }> {
    await submitTask(app, ada, CHOICE, 'is');
    ada = await afterDays(app, 1, ada);
    return (await readReviews(app, ada)).items[0];
  }

  it('are listed in pages, those that are due for longest first', async () => {
    const taskIds = COURSE.modules.slice(0, 2).flatMap(({ id }) => listOfferedTasks(id));
    const choices = taskIds.filter((id) => COURSE.findTask(id)?.content.type === 'multiple_choice');
    for (const id of choices) await expectStatus(200, submitTask(app, ada, id, 'nonsense'));
    await app.sql(
      `UPDATE xel_review_items SET last_day = last_day - 1, due_day = due_day - 1 WHERE owner_id = $1 AND task_id = $2`,
      [ada.id, choices.at(-1)],
    );
    ada = await afterDays(app, 1, ada);
    const seen: string[] = [];
    let path: string | undefined = `${REVIEWS_URL}?limit=1`;
    while (path !== undefined) {
      const response = await expectStatus(200, app.get(path, { token: ada.accessToken }));
      expect(response.body).toEqual([expect.anything()]);
      seen.push(response.body[0].task.id);
      path = /<(.*)>/.exec((response.headers.link as string | undefined) ?? '')?.[1];
    }
    expect(seen).toEqual([choices.at(-1), ...choices.slice(0, -1)]);
  });

  it('are not reviewed before their day, or by an answer of another shape', async () => {
    await submitTask(app, ada, CHOICE, 'is');
    const [{ id = '' } = {}] = await itemsOf(ada);
    expect(statusAndCode(await answer(id, { response: 'am' }))).toEqual([409, 'review_not_due']);
    ada = await afterDays(app, 1, ada);
    expect(invalidField(await answer(id, { rating: 'good' }))).toEqual([400, 'rating']);
    expect(invalidField(await answer(id, {}))).toEqual([400, 'response']);
    expect(invalidField(await answer(id, { response: ['am'] }))).toEqual([400, 'response']);
    expect(invalidField(await answer(id, { response: ' ' }))).toEqual([400, 'response']);
    expect(invalidField(await answer(id, { response: { a: 1 } }))).toEqual([400, 'response']);
    expect(invalidField(await answer(id, { response: 'x'.repeat(2001) }))).toEqual([400, 'response']);
    for (const unknown of [UNKNOWN_ID, 'x', '__proto__'])
      expect(statusAndCode(await answer(unknown, { response: 'am' }))).toEqual([404, 'review_not_found']);
    expect((await expectStatus(200, answer(id, { response: 'am' }))).body).toMatchObject({ correct: true });
  });

  it('are rated by the learner where the server has no correction', async () => {
    await evaluateText(app, ada);
    await app.sql(`UPDATE xel_review_occurrences o SET suggestion = '' FROM xel_review_items i
      WHERE i.id = o.item_id AND i.owner_id = '${ada.id}'`);
    ada = await afterDays(app, 1, ada);
    const [item] = (await readReviews(app, ada)).items;
    expect(item).toMatchObject({ answer: 'rating', explanation: expect.any(String) });
    expect(invalidField(await answer(item.id, { response: 'were' }))).toEqual([400, 'response']);
    expect(invalidField(await answer(item.id, {}))).toEqual([400, 'rating']);
    expect(invalidField(await answer(item.id, { rating: 'perfect' }))).toEqual([400, 'rating']);
    const { body } = await expectStatus(200, answer(item.id, { rating: 'easy' }));
    expect(body).toMatchObject({ correct: null, score: null, rating: 'easy', correction: { text: null } });
    expect(body.interval_days).toBeGreaterThan(3);
  });

  it('pay less after the twentieth review of a day, and never refuse one', async () => {
    const item = await givenDueItem();
    await app.sql(
      `INSERT INTO learning_events (id, user_id, type, source_id, subject_id, occurred_at, recorded_at, learner_day, utc_day,
         timezone, rule_version, seconds, data)
       SELECT gen_random_uuid(), $1, 'review.done', 'r' || n, 'r' || n, now(), now(), s.current_day, s.current_day, 'UTC', 1, 0, '{}'
       FROM generate_series(1, 20) n, learner_states s WHERE s.user_id = $1`,
      [ada.id],
    );
    const { body } = await expectStatus(200, answer(item.id, { response: 'am' }));
    const [entry] = await app.sql<{ amount: number }>(
      `SELECT base_amount AS amount FROM xp_ledger WHERE user_id = $1 AND rule = 'review.done'`,
      [ada.id],
    );
    expect([body.correct, entry?.amount]).toEqual([true, 1]);
  });

  it('are at most a thousand: the one that is known best makes room', async () => {
    await app.sql(
      `INSERT INTO xel_review_items (id, owner_id, kind, subject, task_id, errors, reviews, stability, difficulty, reps,
         lapses, last_day, due_day, created_at)
       SELECT gen_random_uuid(), $1, 'task', 'subject-' || n, 'removed', 1, 0, 1, 5, 1, 0, '2026-01-01',
         '2026-06-01'::date + n, now() FROM generate_series(1, 999) n`,
      [ada.id],
    );
    await app.sql(
      `UPDATE xel_review_items SET due_day = '${LEARNED_LATE}' WHERE owner_id = $1 AND subject = 'subject-7'`,
      [ada.id],
    );
    await evaluateText(app, ada);
    const items = await itemsOf(ada);
    expect(items).toHaveLength(1000);
    expect(items.map(({ due_day }) => due_day)).not.toContain(LEARNED_LATE);
    expect(await readReviews(app, ada)).toMatchObject({ due_count: 0, total_items: 2 });
  });

  it('are part of the export with their log, and erased with the account', async () => {
    await evaluateText(app, ada);
    const item = await givenDueItem();
    await expectStatus(200, answer(item.id, { response: 'am' }));
    const { rawPayload } = await app.nest.inject({
      url: '/api/auth/me/export',
      headers: { authorization: `Bearer ${ada.accessToken}` },
    });
    const files = unzip(rawPayload);
    const read = (name: string) => JSON.parse(String(files[name])) as Record<string, unknown>[];
    const items = read('xel-reviews.json');
    expect(items).toHaveLength(3);
    expect(JSON.stringify(items)).toContain('The people was friendly');
    expect(items[0]).toMatchObject({ due_day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/), errors: 1 });
    expect(JSON.stringify(items)).not.toContain(ada.id);
    expect(read('xel-review-log.json').map(({ cause }) => cause)).toEqual([
      'error',
      'error',
      'error',
      'review',
    ]);
    const call = { token: ada.accessToken, body: { password: ada.password } };
    await expectStatus(204, app.call('DELETE', '/api/auth/me', call));
    expect(await itemsOf(ada)).toEqual([]);
    expect(await app.sql('SELECT id FROM xel_review_log WHERE user_id = $1', [ada.id])).toEqual([]);
  });
});
