import { GrammarChecker } from '@/modules/xel/evaluation/grammar/grammar-checker.js';
import { JobQueue } from '@/platform/jobs/index.js';
import { DAY } from '@/platform/kernel/durations.js';
import type { TestApp, TestResponse } from '../app/test-app.js';
import { expectStatus } from '../http/responses.js';
import { logIn, type UserWithId } from '../organizations/given-organizations.js';

export const REVIEWS_URL = '/api/xel/reviews';

/** Two errors: `was` for `were`, and `am agree` for `agree`. */
export const FAULTY_TEXT =
  'Last summer I went to Spain with my friends. We stayed in a small hotel near the beach. Every day we swam and ate fish. The people was friendly, ' +
  'and I am agree with them that the sea is beautiful. We visited an old castle and I bought presents for my sister.';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a client sees untyped JSON
type Json = any;

/** Loads the grammar checker, which takes seconds. */
export async function loadGrammarChecker(app: TestApp): Promise<void> {
  const checker = app.nest.get(GrammarChecker, { strict: false });
  await checker.check('test', { text: FAULTY_TEXT, dialect: 'british', words: [] });
}

/** Evaluates a text of the learner, and returns the evaluation. On a busy machine it takes longer than the request waits. */
export async function evaluateText(
  app: TestApp,
  { accessToken: token }: UserWithId,
  text = FAULTY_TEXT,
): Promise<Json> {
  const body = { skill: 'writing', text, prompt: 'Write about your last holiday.' };
  let { body: evaluation } = await app.post('/api/xel/evaluate', body, { token });
  while (['queued', 'running'].includes(evaluation.status)) {
    await app.nest.get(JobQueue).settle('xel.');
    ({ body: evaluation } = await expectStatus(
      200,
      app.get(`/api/xel/evaluations/${evaluation.id}`, { token }),
    ));
  }
  return evaluation;
}

/** Returns the items that are due, beside the numbers of the dashboard. */
export async function readReviews(
  app: TestApp,
  { accessToken: token }: UserWithId,
  query = '',
): Promise<Json> {
  const { body: items } = await expectStatus(200, app.get(`${REVIEWS_URL}${query}`, { token }));
  const { body: dashboard } = await expectStatus(200, app.get('/api/xel/dashboard', { token }));
  return { ...dashboard.reviews, items };
}

export function answerReview(
  app: TestApp,
  { accessToken: token }: UserWithId,
  id: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<TestResponse> {
  return app.post(`${REVIEWS_URL}/${id}`, body, { token, headers });
}

/** Moves the clock by days, and logs the learner in again. */
export async function afterDays(app: TestApp, days: number, learner: UserWithId): Promise<UserWithId> {
  app.clock.advance(days * DAY);
  return { ...learner, accessToken: await logIn(app, learner) };
}
