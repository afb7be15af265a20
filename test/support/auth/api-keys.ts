import type { Scope } from '@/platform/access/scopes.js';
import type { TestResponse, TestApp } from '../app/test-app.js';
import { expectStatus } from '../http/responses.js';
import type { UserWithId } from '../organizations/given-organizations.js';

export const API_KEY_PATTERN = /^xntr-[A-Za-z0-9_-]{86}$/;

export interface CreateApiKeyInput {
  organizationId: string;
  by: Pick<UserWithId, 'accessToken'>;
  name?: string;
  scopes?: Scope[];
  allowed_ips?: string[];
  expires_at?: string | null;
}

export interface TestApiKey {
  id: string;
  key: string;
}

export function createApiKey(
  app: TestApp,
  { organizationId, by, ...request }: CreateApiKeyInput,
  headers?: Record<string, string>,
): Promise<TestResponse> {
  const defaults = { name: 'Nightly export', scopes: ['organizations:read'] };
  const body = { ...defaults, organization_id: organizationId, ...request };
  return app.post('/api/api-keys', body, { token: by.accessToken, headers });
}

export async function givenApiKey(app: TestApp, request: CreateApiKeyInput): Promise<TestApiKey> {
  const { id, key } = (await expectStatus(201, createApiKey(app, request))).body;
  return { id, key };
}

/** Sends a request with an API key and without a session. */
export function callWithApiKey(
  app: TestApp,
  { key }: Pick<TestApiKey, 'key'>,
  route: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<TestResponse> {
  const [method, url] = route.split(' ') as [string, string];
  return app.call(method, url, { body, headers: { 'x-api-key': key, ...headers } });
}

/** Returns status and error code of a read request with this key. */
export async function tryApiKey(
  app: TestApp,
  key: Pick<TestApiKey, 'key'>,
): Promise<[number, string | undefined]> {
  const { status, body } = await callWithApiKey(app, key, 'GET /api/organizations');
  return [status, body?.code];
}

export const KEY_ACCEPTED = [200, undefined];
export const KEY_REJECTED = [401, 'token_invalid'];
