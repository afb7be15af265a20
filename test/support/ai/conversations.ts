import { type Answer as Stored, Turns } from '@/modules/conversations/index.js';
import type { Owner } from '@/modules/organizations/index.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { type GivenKey, withKey } from '../auth/api-keys.js';
import type { Answer, TestApp } from '../app/test-app.js';
import { expectStatus } from '../auth/given-users.js';
import type { Person } from '../organizations/given-organizations.js';

export const CONVERSATIONS = '/api/core/conversations';
export const NOTES = '/api/core/notes';

/** Somebody with a session, or a key. */
export type By = Pick<Person, 'accessToken'> | Pick<GivenKey, 'key'>;

export function ask(app: TestApp, by: By, route: string, body?: unknown): Promise<Answer> {
  if ('key' in by) return withKey(app, by, route, body);
  const [method, url] = route.split(' ') as [string, string];
  return app.call(method, url, { body, token: by.accessToken });
}

export async function givenConversation(app: TestApp, by: By, body: object = {}): Promise<string> {
  return (await expectStatus(201, ask(app, by, `POST ${CONVERSATIONS}`, body))).body.id as string;
}

export async function givenNote(app: TestApp, by: By, body: object): Promise<string> {
  return (await expectStatus(201, ask(app, by, `POST ${NOTES}`, body))).body.id as string;
}

/** How the AI module sees somebody who is signed in. */
export function ownerIs({ id }: Pick<Person, 'id'>, more: Partial<Owner> = {}): Owner {
  return { userId: id, organizationId: null, keyId: null, provedFactor: false, ...more };
}

export function inOrganization(person: Pick<Person, 'id'>, organizationId: string): Owner {
  return ownerIs(person, { organizationId: organizationId as OrganizationId, keyId: newId() });
}

export function begin(app: TestApp, owner: Owner, conversationId: string, content: string) {
  const turns = app.app.get(Turns, { strict: false });
  return app.app.get(UnitOfWork).run(() => turns.begin(owner, conversationId, content));
}

export function finish(app: TestApp, conversationId: string, answer: Partial<Stored> = {}): Promise<boolean> {
  const turns = app.app.get(Turns, { strict: false });
  const usual = {
    id: newId(),
    content: 'Yes.',
    provider: 'openai',
    model: 'gpt-5-mini',
    usage: null,
    sources: [],
  };
  return app.app
    .get(UnitOfWork)
    .run(() => turns.finish(conversationId, { ...usual, finishReason: 'stop', ...answer }));
}

/** A question and its answer. */
export async function exchange(
  app: TestApp,
  owner: Owner,
  conversationId: string,
  [question, answer]: [string, string],
): Promise<void> {
  await begin(app, owner, conversationId, question);
  await finish(app, conversationId, { content: answer });
}

export interface Result {
  type: string;
  id: string;
  conversation_id: string | null;
  title: string;
  snippet: string;
  score: number;
}

export async function search(app: TestApp, by: By, q: string, more = ''): Promise<Result[]> {
  const url = `/api/core/search?q=${encodeURIComponent(q)}${more}`;
  return (await expectStatus(200, ask(app, by, `GET ${url}`))).body.results as Result[];
}
