import { type AnswerInput as Stored, TurnWriter } from '@/modules/conversations/index.js';
import type { Owner } from '@/modules/organizations/index.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { TestResponse, TestApp } from '../app/test-app.js';
import { type TestApiKey, callWithApiKey } from '../auth/api-keys.js';
import { expectStatus } from '../http/responses.js';
import type { UserWithId } from '../organizations/given-organizations.js';

export const CONVERSATIONS_URL = '/api/core/conversations';
export const NOTES_URL = '/api/core/notes';

/** A user with a session, or an API key. */
export type Credentials = Pick<UserWithId, 'accessToken'> | Pick<TestApiKey, 'key'>;

export function callAs(app: TestApp, by: Credentials, route: string, body?: unknown): Promise<TestResponse> {
  if ('key' in by) return callWithApiKey(app, by, route, body);
  const [method, url] = route.split(' ') as [string, string];
  return app.call(method, url, { body, token: by.accessToken });
}

export async function givenConversation(app: TestApp, by: Credentials, body: object = {}): Promise<string> {
  return (await expectStatus(201, callAs(app, by, `POST ${CONVERSATIONS_URL}`, body))).body.id as string;
}

export async function givenNote(app: TestApp, by: Credentials, body: object): Promise<string> {
  return (await expectStatus(201, callAs(app, by, `POST ${NOTES_URL}`, body))).body.id as string;
}

/** Returns the owner of the conversations of a signed-in user. */
export function sessionOwner({ id }: Pick<UserWithId, 'id'>, overrides: Partial<Owner> = {}): Owner {
  return { userId: id, organizationId: null, keyId: null, hasSecondFactor: false, ...overrides };
}

export function apiKeyOwner(person: Pick<UserWithId, 'id'>, organizationId: string): Owner {
  return sessionOwner(person, { organizationId: organizationId as OrganizationId, keyId: newId() });
}

export function beginTurn(app: TestApp, owner: Owner, conversationId: string, content: string) {
  const turnWriter = app.nest.get(TurnWriter, { strict: false });
  return app.nest.get(UnitOfWork).run(() => turnWriter.appendUserMessage(owner, conversationId, content));
}

export function appendAnswer(
  app: TestApp,
  conversationId: string,
  answer: Partial<Stored> = {},
): Promise<boolean> {
  const turnWriter = app.nest.get(TurnWriter, { strict: false });
  const defaults = {
    id: newId(),
    content: 'Yes.',
    provider: 'openai',
    model: 'gpt-5-mini',
    usage: null,
    sources: [],
  };
  return app.nest
    .get(UnitOfWork)
    .run(() => turnWriter.appendAnswer(conversationId, { ...defaults, finishReason: 'stop', ...answer }));
}

/** Appends a user message and its answer. */
export async function givenExchange(
  app: TestApp,
  owner: Owner,
  conversationId: string,
  [question, answer]: [string, string],
): Promise<void> {
  await beginTurn(app, owner, conversationId, question);
  await appendAnswer(app, conversationId, { content: answer });
}

export interface SearchResultBody {
  type: string;
  id: string;
  conversation_id: string | null;
  title: string;
  snippet: string;
  score: number;
}

export async function search(
  app: TestApp,
  by: Credentials,
  q: string,
  extraQuery = '',
): Promise<SearchResultBody[]> {
  const url = `/api/core/search?q=${encodeURIComponent(q)}${extraQuery}`;
  return (await expectStatus(200, callAs(app, by, `GET ${url}`))).body.results as SearchResultBody[];
}
