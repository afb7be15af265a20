import type { TestApp } from '../app/test-app.js';
import { givenOwner } from '../auth/given-users.js';
import { expectStatus } from '../http/responses.js';
import type { DocumentedRoute } from './openapi-document.js';

/** An owner and operator who may call every operation, with the ids that paths name. */
export interface AuthorizedCaller {
  token: string;
  organizationId: string;
  ids: Record<string, string>;
}

const UNKNOWN_ID = '0197e0c2-6a53-7cc1-9d3a-6f1f3b0f1c11';

const TRANSCRIPT = {
  session_started_at: '2026-04-16T10:00:00Z',
  session_ended_at: '2026-04-16T10:05:00Z',
  transcripts: [],
};

export async function givenAuthorizedCaller(app: TestApp): Promise<AuthorizedCaller> {
  const { accessToken: token, organizationId } = await givenOwner(app);
  const userId = (await expectStatus(200, app.get('/api/auth/me', { token }))).body.id as string;
  // Outside production a first account is an operator, who may call the routes of operators too.
  await app.sql('UPDATE users SET is_first = true WHERE id = $1', [userId]);
  const teams = `/api/organizations/${organizationId}/teams`;
  const team = await expectStatus(201, app.post(teams, { name: 'Berlin' }, { token }));
  const conversation = await expectStatus(201, app.post('/api/core/conversations', {}, { token }));
  const note = await expectStatus(201, app.post('/api/core/notes', { content: 'Bring cables.' }, { token }));
  const document = await expectStatus(201, app.post('/api/rag/documents', { text: 'Cables.' }, { token }));
  const collection = await expectStatus(201, app.post('/api/rag/collections', { name: 'Cables' }, { token }));
  const transcript = await expectStatus(201, app.post('/api/live/transcripts', TRANSCRIPT, { token }));
  const hook = { url: 'https://8.8.8.8/xentree', events: ['live.session.ended'] };
  const webhooks = `/api/organizations/${organizationId}/webhooks`;
  const webhook = await expectStatus(201, app.post(webhooks, hook, { token }));
  const reviewId = await givenReviewItem(app, userId);
  const ids: Record<string, string> = {
    review_id: reviewId,
    webhook_id: webhook.body.id,
    transcript_id: transcript.body.id,
    document_id: document.body.id,
    collection_id: collection.body.id,
    org_id: organizationId,
    team_id: team.body.id,
    user_id: userId,
    target_user_id: userId,
    conversation_id: conversation.body.id,
    note_id: note.body.id,
    module_id: 'a1-introductions',
    task_id: 'a1-introductions-negative',
  };
  return { token, organizationId, ids };
}

/** Returns an item to review that is due, of a task with a text as its answer. */
async function givenReviewItem(app: TestApp, userId: string): Promise<string> {
  const [item] = await app.sql<{ id: string }>(
    `INSERT INTO xel_review_items (id, owner_id, kind, subject, task_id, errors, reviews, stability, difficulty, reps, lapses,
       last_day, due_day, created_at)
     VALUES (gen_random_uuid(), $1, 'task', 'task', 'a1-introductions-negative', 1, 0, 1, 5, 1, 0, '2026-01-01',
       '2026-01-02', now()) RETURNING id`,
    [userId],
  );
  return item?.id ?? UNKNOWN_ID;
}

/** Returns the path of an operation with ids of the caller's own resources, or an unknown id. */
export function buildPath({ path }: DocumentedRoute, { ids }: AuthorizedCaller): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? UNKNOWN_ID);
}

/** Fields that select the organization; the server validates them first. */
export function requiredFields(
  { name }: DocumentedRoute,
  { organizationId }: AuthorizedCaller,
): Record<string, string> {
  switch (name) {
    case 'POST /api/api-keys':
      return { organization_id: organizationId };
    case 'PUT /api/core/notes/{note_id}':
      return { content: 'Bring cables.' };
    case 'POST /api/xel/tasks/{task_id}/submit':
      return { response: 'He is not a teacher.' };
    case 'POST /api/integration/verify':
      return { tenantId: organizationId };
    default:
      return {};
  }
}

/** Returns valid values for the required query parameters of an operation. */
export function requiredQuery(
  { name }: DocumentedRoute,
  { organizationId }: AuthorizedCaller,
): Record<string, string> {
  switch (name) {
    case 'GET /api/organizations/{org_id}/access':
      return { action: 'members.remove' };
    case 'DELETE /api/rag/collections/{collection_id}':
      return { documents: 'keep' };
    case 'GET /api/integrations/google-calendar/callback':
      return { state: 'unknown' };
    case 'GET /api/integrations/google-calendar/events':
    case 'GET /api/integrations/google-calendar/free-busy':
      return { from: '2036-01-01T00:00:00Z', to: '2036-01-02T00:00:00Z' };
    case 'GET /api/core/search':
      return { q: 'otters' };
    case 'GET /api/v1/invitations/validate':
      return { token: 'unknown' };
    case 'GET /api/integration/jwks':
    case 'GET /api/integration/fingerprint':
      return { tenantId: organizationId };
    default:
      return {};
  }
}
