import { TestApp } from '@test/support/app/test-app.js';
import { callWithApiKey, givenApiKey } from '@test/support/auth/api-keys.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  givenOwnerWithId,
  givenUserWithId,
  inParallel,
  logIn,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';
import { moveTo, read } from '@test/support/progress/learners.js';
import { submitTask } from '@test/support/xel/course.js';
import {
  afterDays,
  answerReview,
  evaluateText,
  FAULTY_TEXT,
  loadGrammarChecker,
  readReviews,
  REVIEWS_URL,
} from '@test/support/xel/reviews.js';

const CHOICE = 'a1-introductions-am-is-are';

describe('reviews', () => {
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

  const originals = ({ items }: { items: { original: string }[] }) =>
    items.map(({ original }) => original).sort();
  const logOf = ({ id }: UserWithId) =>
    app.sql<{ cause: string; rating: number }>(
      'SELECT cause, rating, xp_awarded FROM xel_review_log WHERE user_id = $1 ORDER BY id',
      [id],
    );

  async function givenDueItem(): Promise<{ id: string }> {
    await submitTask(app, ada, CHOICE, 'is');
    ada = await afterDays(app, 1, ada);
    return (await readReviews(app, ada)).items[0];
  }

  it('ask for the errors of an evaluated text on the next day, without the corrections', async () => {
    const { id: evaluation_id } = await evaluateText(app, ada);
    const today = await readReviews(app, ada);
    expect(today).toMatchObject({ due_count: 0, total_items: 2, items: [], next_due_on: expect.any(String) });
    ada = await afterDays(app, 1, ada);
    const due = await readReviews(app, ada);
    expect(due).toMatchObject({ date: today.next_due_on, due_count: 2, total_items: 2, next_due_on: null });
    expect(originals(due)).toEqual(['am agree', 'was']);
    const item = due.items.find(({ original }: { original: string }) => original === 'was');
    expect(item).toMatchObject({
      kind: 'correction',
      answer: 'response',
      due_on: due.date,
      errors: 1,
      reviews: 0,
      evaluation_id,
      category: 'grammar',
      explanation: null,
      task: null,
    });
    expect(FAULTY_TEXT).toContain(item.sentence);
    expect(item.sentence.slice(item.start, item.end)).toBe('was');
    expect(JSON.stringify(due)).not.toMatch(/were|must agree/);
  });

  it('are scored by the server, which schedules the next one and pays it', async () => {
    await evaluateText(app, ada);
    ada = await afterDays(app, 1, ada);
    const [first, second] = (await readReviews(app, ada)).items;
    const [right, wrong] = first.original === 'was' ? [first, second] : [second, first];
    const passed = (await expectStatus(200, answerReview(app, ada, right.id, { response: 'Were' }))).body;
    expect(passed).toEqual({
      id: right.id,
      correct: true,
      score: 100,
      rating: 'good',
      feedback: 'Correct!',
      correction: {
        text: 'were',
        sentence: right.sentence.replace('was', 'were'),
        explanation: expect.any(String),
      },
      due_on: expect.any(String),
      interval_days: 3,
      reviews: 1,
      xp_awarded: expect.any(Number),
    });
    const failed = (await expectStatus(200, answerReview(app, ada, wrong.id, { response: 'am agreeing' })))
      .body;
    expect(failed).toMatchObject({ correct: false, score: 0, rating: 'again', interval_days: 1 });
    expect(passed.xp_awarded).toBeGreaterThan(0);
    expect((await read(app, ada, 'profile')).today_quiz_xp).toBeGreaterThan(0);
    expect(await readReviews(app, ada)).toMatchObject({ due_count: 0, next_due_on: failed.due_on });
    const again = await answerReview(app, ada, right.id, { response: 'were' });
    expect([statusAndCode(again), again.body.detail.due_on]).toEqual([
      [409, 'review_not_due'],
      passed.due_on,
    ]);
    const log = await logOf(ada);
    expect(log.map(({ cause, rating }) => [cause, rating])).toEqual([
      ['error', 1],
      ['error', 1],
      ['review', 3],
      ['review', 1],
    ]);
  });

  it('count once when they are answered in parallel, and a key replays its answer', async () => {
    const item = await givenDueItem();
    const answers = await inParallel(6, () => answerReview(app, ada, item.id, { response: 'am' }));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
    expect(await logOf(ada)).toHaveLength(2);
    const events = await app.sql(
      `SELECT id FROM learning_events WHERE user_id = $1 AND type = 'review.done'`,
      [ada.id],
    );
    expect(events).toHaveLength(1);

    ada = await givenUserWithId(app);
    const other = await givenDueItem();
    const headers = { 'Idempotency-Key': 'review' };
    const keyed = await inParallel(6, () => answerReview(app, ada, other.id, { response: 'am' }, headers));
    const outcomes = keyed.map(({ status, body: { code, reviews } }) => [status, code ?? reviews]);
    expect(outcomes).toContainEqual([200, 1]);
    for (const outcome of outcomes)
      expect([
        [200, 1],
        [409, 'idempotency_in_progress'],
      ]).toContainEqual(outcome);
    const replayed = await answerReview(app, ada, other.id, { response: 'am' }, headers);
    expect(replayed).toMatchObject({ status: 200, body: { correct: true, reviews: 1 } });
    const reused = await answerReview(app, ada, other.id, { response: 'is' }, headers);
    expect(statusAndCode(reused)).toEqual([409, 'idempotency_key_reused']);
  });

  it('reinforce one item when an error is made again', async () => {
    const earlier = await evaluateText(app, ada);
    await evaluateText(app, ada, FAULTY_TEXT.replace('The people was friendly', 'The other people was nice'));
    ada = await afterDays(app, 1, ada);
    const { items, total_items } = await readReviews(app, ada);
    expect([total_items, items.map(({ errors }: { errors: number }) => errors)]).toEqual([2, [2, 2]]);
    const item = items.find(({ original }: { original: string }) => original === 'was');
    expect(item.sentence).toContain('The other people');
    await expectStatus(200, answerReview(app, ada, item.id, { response: 'were' }));
    ada = await afterDays(app, 1, ada);
    const third = await evaluateText(app, ada);
    expect((await readReviews(app, ada)).next_due_on < third.created_at.slice(0, 10)).toBe(false);
    ada = await afterDays(app, 1, ada);
    const again = (await readReviews(app, ada)).items.find(({ id }: { id: string }) => id === item.id);
    expect(again).toMatchObject({ errors: 3, reviews: 1, evaluation_id: third.id });
    expect(again.evaluation_id).not.toBe(earlier.id);
  });

  it('lose the words of a deleted evaluation, and end with the last one', async () => {
    const first = await evaluateText(app, ada);
    const second = await evaluateText(
      app,
      ada,
      FAULTY_TEXT.replace('The people was', 'The funny people was'),
    );
    ada = await afterDays(app, 1, ada);
    const remove = (id: string) => app.delete(`/api/xel/evaluations/${id}`, { token: ada.accessToken });
    await expectStatus(204, remove(second.id));
    const { items } = await readReviews(app, ada);
    expect(JSON.stringify(items)).not.toContain('funny');
    expect(items.map((item: { evaluation_id: string }) => item.evaluation_id)).toEqual([first.id, first.id]);
    await expectStatus(204, remove(first.id));
    expect(await readReviews(app, ada)).toMatchObject({
      due_count: 0,
      total_items: 0,
      next_due_on: null,
      items: [],
    });
    expect(statusAndCode(await answerReview(app, ada, items[0].id, { response: 'were' }))).toEqual([
      404,
      'review_not_found',
    ]);
    const words = await app.sql(
      'SELECT o.* FROM xel_review_occurrences o JOIN xel_review_items i ON i.id = o.item_id WHERE i.owner_id = $1',
      [ada.id],
    );
    expect(words).toEqual([]);
  });

  it('ask for tasks that were answered wrongly, and hide the solution until the tries are over', async () => {
    const item = await givenDueItem();
    expect(item).toMatchObject({
      kind: 'task',
      answer: 'response',
      sentence: null,
      task: { id: CHOICE, tries_left: 2, options: expect.any(Array) },
    });
    const hidden = (await expectStatus(200, answerReview(app, ada, item.id, { response: 'are' }))).body;
    expect(hidden).toMatchObject({
      correct: false,
      correction: null,
      feedback: expect.stringContaining('I?'),
    });
    await expectStatus(200, submitTask(app, ada, CHOICE));
    ada = await afterDays(app, 1, ada);
    const shown = (await expectStatus(200, answerReview(app, ada, item.id, { response: 'am' }))).body;
    expect(shown).toMatchObject({
      correct: true,
      rating: 'good',
      correction: { text: 'am', sentence: null },
    });
    const refused = await answerReview(app, ada, item.id, { response: ['am'] });
    expect(statusAndCode(refused)).toEqual([409, 'review_not_due']);
  });

  it('follow the days of the learner, not those in UTC', async () => {
    await moveTo(app, ada, 'Pacific/Kiritimati');
    const untilMidnight = (date = app.clock.now()) => 86_400 - ((date.getTime() / 1000 + 14 * 3600) % 86_400);
    app.clock.advance(untilMidnight() + 23 * 3600); // 23:00 there, 09:00 in UTC
    ada = { ...ada, accessToken: await logIn(app, ada) };
    await submitTask(app, ada, CHOICE, 'is');
    expect(await readReviews(app, ada)).toMatchObject({ due_count: 0 });
    app.clock.advance(untilMidnight());
    ada = { ...ada, accessToken: await logIn(app, ada) };
    const { items, date } = await readReviews(app, ada);
    const { body } = await expectStatus(200, answerReview(app, ada, items[0].id, { response: 'am' }));
    expect(body).toMatchObject({ interval_days: 3 });
    expect((Date.parse(body.due_on) - Date.parse(date)) / 86_400_000).toBe(3);
  });

  it('belong to the learner; keys see tasks, and errors of evaluations of their organization', async () => {
    const owner = await givenOwnerWithId(app);
    const { organizationId } = owner;
    const given = { organizationId, by: owner };
    const key = await givenApiKey(app, { ...given, scopes: ['xel:read', 'xel:write'] });
    const reader = await givenApiKey(app, { ...given, scopes: ['xel:read'] });
    const body = { skill: 'writing', text: FAULTY_TEXT };
    const keyed = (await expectStatus(200, callWithApiKey(app, key, 'POST /api/xel/evaluate', body))).body;
    await evaluateText(app, owner, FAULTY_TEXT.replace('am agree', 'agree'));
    await submitTask(app, owner, CHOICE, 'is');
    const later = await afterDays(app, 1, owner);
    const own = await readReviews(app, later);
    expect(own.due_count).toBe(4);
    const ofKey = (await expectStatus(200, callWithApiKey(app, key, `GET ${REVIEWS_URL}`))).body;
    const { body: dashboard } = await callWithApiKey(app, key, 'GET /api/xel/dashboard');
    expect(dashboard.reviews).toMatchObject({ due_count: 3, total_items: 3 });
    expect(ofKey.map((item: { evaluation_id: string }) => item.evaluation_id)).toEqual(
      expect.arrayContaining([keyed.id, keyed.id, null]),
    );
    const hidden = own.items.find(
      ({ id }: { id: string }) => !ofKey.some((item: { id: string }) => item.id === id),
    );
    const answer = (id: string) =>
      callWithApiKey(app, key, `POST ${REVIEWS_URL}/${id}`, { response: 'were' });
    expect(statusAndCode(await answer(hidden.id))).toEqual([404, 'review_not_found']);
    const stranger = await givenUserWithId(app);
    expect(statusAndCode(await answerReview(app, stranger, hidden.id, { response: 'were' }))).toEqual([
      404,
      'review_not_found',
    ]);
    const visible = ofKey.find(({ original }: { original: string }) => original === 'was');
    expect((await expectStatus(200, answer(visible.id))).body).toMatchObject({ correct: true });
    const refused = await callWithApiKey(app, reader, `POST ${REVIEWS_URL}/${hidden.id}`, {
      response: 'were',
    });
    expect(refused.status).toBe(403);
  });
});
