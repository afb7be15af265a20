import type { TestApp } from '../app/test-app.js';
import { givenOwner } from '../auth/given-users.js';
import { expectStatus } from '../http/responses.js';
import type { DocumentedRoute } from './openapi-document.js';

/** An owner who may call every operation, with the ids that paths name. */
export interface AuthorizedCaller {
  token: string;
  organizationId: string;
  ids: Record<string, string>;
}

const UNKNOWN_ID = '0197e0c2-6a53-7cc1-9d3a-6f1f3b0f1c11';

export async function givenAuthorizedCaller(app: TestApp): Promise<AuthorizedCaller> {
  const { accessToken: token, organizationId } = await givenOwner(app);
  const userId = (await expectStatus(200, app.get('/api/auth/me', { token }))).body.id as string;
  const teams = `/api/organizations/${organizationId}/teams`;
  const team = await expectStatus(201, app.post(teams, { name: 'Berlin' }, { token }));
  const conversation = await expectStatus(201, app.post('/api/core/conversations', {}, { token }));
  const note = await expectStatus(201, app.post('/api/core/notes', { content: 'Bring cables.' }, { token }));
  const ids: Record<string, string> = {
    org_id: organizationId,
    team_id: team.body.id,
    user_id: userId,
    target_user_id: userId,
    conversation_id: conversation.body.id,
    note_id: note.body.id,
  };
  return { token, organizationId, ids };
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
