import type { TestApp } from '../app/test-app.js';
import { givenApiKey } from '../auth/api-keys.js';
import { expectStatus } from '../http/responses.js';
import { givenOrganization } from '../organizations/given-organizations.js';
import { callRag, COLLECTIONS_URL, type Credentials, DOCUMENTS_URL } from './documents.js';
import { waitUntilReady } from './ready-documents.js';

/** The keys have all scopes of the knowledge base, except that of the member, which only reads. */
export const CALLERS = [
  'owner',
  'admin',
  'team_manager',
  'member',
  'outsider',
  'key',
  'member_key',
  'key_without_scope',
  'other_key',
] as const;
export type Caller = (typeof CALLERS)[number];

export const VISIBILITIES = ['private', 'conversation', 'team', 'organization'] as const;
export type DocumentVisibility = (typeof VISIBILITIES)[number];

/** Who reads a document of the owner. The key of the owner reads no personal document that a session made. */
export const READERS: Record<DocumentVisibility, readonly Caller[]> = {
  private: ['owner'],
  conversation: ['owner'],
  team: ['owner', 'admin', 'team_manager', 'key'],
  organization: ['owner', 'admin', 'team_manager', 'member', 'key', 'member_key'],
};

/** Who changes and deletes it. */
export const MANAGERS: Record<DocumentVisibility, readonly Caller[]> = {
  ...READERS,
  organization: ['owner', 'admin', 'key'],
};

/** Returns the error of a caller who may not do it; undefined for one who may. */
export function findRefusal(
  caller: Caller,
  visibility: DocumentVisibility,
  { writes, notFound }: { writes: boolean; notFound: string },
): string | undefined {
  if (caller === 'key_without_scope' || (writes && caller === 'member_key'))
    return '403 insufficient_api_key_scope';
  if (!READERS[visibility].includes(caller)) return `404 ${notFound}`;
  return !writes || MANAGERS[visibility].includes(caller) ? undefined : '403 role_insufficient';
}

export interface AccessFixture {
  credentials: Record<Caller, Credentials>;
  conversationId: string;
  /** Fields that say who reads a document. */
  places: Record<DocumentVisibility, Record<string, string>>;
  /** Creates a document of the owner whose text has the visibility as a word; returns its id. */
  addDocument: (visibility: DocumentVisibility, fields?: Record<string, string>) => Promise<string>;
  addCollection: (visibility: DocumentVisibility) => Promise<string>;
}

let count = 0;

/** Creates an organization with a team of its team manager, a caller of each kind, and a conversation of the owner. */
export async function givenAccessFixture(app: TestApp): Promise<AccessFixture> {
  const fixture = await givenOrganization(app);
  const { owner, organizationId, outsider, team_manager } = fixture;
  const token = owner.accessToken;
  const create = async (url: string, body: object, by = token): Promise<string> =>
    (await expectStatus(201, app.post(url, body, { token: by }))).body.id as string;
  const teams = `/api/organizations/${organizationId}/teams`;
  const teamId = await create(teams, { name: 'Team' });
  await expectStatus(200, app.call('PUT', `${teams}/${teamId}/members/${team_manager.id}`, { token }));
  const otherId = await create('/api/organizations', { name: 'Other' }, outsider.accessToken);
  const conversationId = await create('/api/core/conversations', {});
  const scopes: ('rag:read' | 'rag:write' | 'conversations:read')[] = [
    'rag:read',
    'rag:write',
    'conversations:read',
  ];
  const inOrganization = { organizationId, by: owner };
  const credentials = {
    ...fixture,
    key: await givenApiKey(app, { ...inOrganization, scopes }),
    member_key: await givenApiKey(app, {
      organizationId,
      by: fixture.member,
      scopes: ['rag:read', 'conversations:read'],
    }),
    key_without_scope: await givenApiKey(app, { ...inOrganization, scopes: ['quiz:read'] }),
    other_key: await givenApiKey(app, { organizationId: otherId, by: outsider, scopes }),
  };
  const places: AccessFixture['places'] = {
    private: {},
    conversation: { visibility: 'conversation', conversation_id: conversationId },
    team: { visibility: 'team', team_id: teamId },
    organization: { visibility: 'organization', organization_id: organizationId },
  };
  const addDocument: AccessFixture['addDocument'] = (visibility, fields) =>
    create(DOCUMENTS_URL, {
      text: `The ${visibility} fence number ${(count += 1)}.`,
      ...places[visibility],
      ...fields,
    });
  const addCollection: AccessFixture['addCollection'] = (visibility) =>
    create(COLLECTIONS_URL, { name: 'Handbook', ...places[visibility] });
  return { credentials, conversationId, places, addDocument, addCollection };
}

/** Creates a document whose ingestion is over; returns its id and that of its chunk. */
export async function givenReadyChunk(
  app: TestApp,
  { addDocument, credentials: { owner } }: AccessFixture,
  visibility: DocumentVisibility,
): Promise<{ id: string; chunkId: string }> {
  const id = await addDocument(visibility);
  await waitUntilReady(app, (owner as { accessToken: string }).accessToken, id);
  const { body } = await expectStatus(200, callRag(app, owner, `GET ${DOCUMENTS_URL}/${id}/chunks`));
  return { id, chunkId: body[0].id as string };
}
