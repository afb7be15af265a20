import { randomUUID } from 'node:crypto';
import type { TestApp } from '../app/test-app.js';
import type { SampleFactory } from './permission-samples.js';

/** The ids of paths of the English course. */
export const XEL_IDS = { module_id: 'a1-introductions', task_id: 'a1-introductions-negative' };

export interface XelRecords {
  /** Of the owner. */
  evaluationId: string;
  /** Of a member who has asked for a review. */
  reviewedId: string;
  requestId: string;
  /** An item of the owner that is due. */
  reviewId: string;
}

const TEXT =
  'Last summer I went to Spain with my friends. We swam every day and ate fish in a small restaurant near the beach.';

export async function givenXelRecords(
  app: TestApp,
  { ownerId, learnerId, organizationId }: { ownerId: string; learnerId: string; organizationId: string },
): Promise<XelRecords> {
  const ids = {
    evaluationId: randomUUID(),
    reviewedId: randomUUID(),
    requestId: randomUUID(),
    reviewId: randomUUID(),
  };
  await app.sql(
    `INSERT INTO xel_review_items (id, owner_id, kind, subject, task_id, errors, reviews, stability, difficulty, reps, lapses,
       last_day, due_day, created_at)
     VALUES ($1, $2, 'task', 'task', '${XEL_IDS.task_id}', 1, 0, 1, 5, 1, 0, '2026-01-01', '2026-01-02', now())`,
    [ids.reviewId, ownerId],
  );
  const evaluations = [
    [ids.evaluationId, ownerId],
    [ids.reviewedId, learnerId],
  ];
  for (const values of evaluations)
    await app.sql(
      `INSERT INTO xel_evaluations (id, owner_id, skill, status, text, feedback_language, is_submission, overall_score, created_at)
       VALUES ($1, $2, 'writing', 'done', '${TEXT}', 'en', false, 50, now())`,
      values,
    );
  await app.sql(
    `INSERT INTO xel_review_requests (id, evaluation_id, organization_id, status, created_at) VALUES ($1, $2, $3, 'open', now())`,
    [ids.requestId, ids.reviewedId, organizationId],
  );
  return ids;
}

export function xelSamples(): Record<string, SampleFactory> {
  return {
    'GET /api/xel/tasks/:task_id/audio': () => ({
      params: { task_id: 'a1-my-town-listening' },
      query: { as: 'text' },
    }),
    'POST /api/xel/placement': () => ({ body: {} }),
    'POST /api/xel/reviews/:review_id': () => ({ body: { response: 'He is not a teacher.' } }),
    'POST /api/xel/tasks/:task_id/submit': () => ({ body: { response: 'He is not a teacher.' } }),
    // With a key, it does not wait for the result.
    'POST /api/xel/evaluate': () => ({
      body: { skill: 'writing', text: TEXT },
      headers: { 'idempotency-key': 'evaluate' },
    }),
    'POST /api/xel/evaluations/:evaluation_id/review-request': ({ tenant }) => ({
      body: { organization_id: tenant.organizationId },
    }),
    'PATCH /api/xel/evaluations/:evaluation_id': ({ tenant }) => ({
      params: { evaluation_id: tenant.xel.reviewedId },
      body: { overall_score: 70, reason: 'Names are no errors.' },
    }),
  };
}
