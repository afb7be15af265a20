import type { Scope } from '@/platform/access/scopes.js';
import type { Answer, TestApp } from '../app/test-app.js';
import { expectStatus } from './given-users.js';
import type { Person } from '../organizations/given-organizations.js';

export const KEY = /^xntr-[A-Za-z0-9_-]{86}$/;

export interface KeyRequest {
  organizationId: string;
  by: Pick<Person, 'accessToken'>;
  name?: string;
  scopes?: Scope[];
  allowed_ips?: string[];
  expires_at?: string | null;
}

export interface GivenKey {
  id: string;
  key: string;
}

export function createKey(
  app: TestApp,
  { organizationId, by, ...request }: KeyRequest,
  headers?: Record<string, string>,
): Promise<Answer> {
  const usual = { name: 'Nightly export', scopes: ['organizations:read'] };
  const body = { ...usual, organization_id: organizationId, ...request };
  return app.post('/api/api-keys', body, { token: by.accessToken, headers });
}

export async function givenKey(app: TestApp, request: KeyRequest): Promise<GivenKey> {
  const { id, key } = (await expectStatus(201, createKey(app, request))).body;
  return { id, key };
}

/** A request with a key and no session. */
export function withKey(
  app: TestApp,
  { key }: Pick<GivenKey, 'key'>,
  route: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const [method, url] = route.split(' ') as [string, string];
  return app.call(method, url, { body, headers: { 'x-api-key': key, ...headers } });
}

/** What a request with this key that only reads is answered. */
export async function tryKey(
  app: TestApp,
  key: Pick<GivenKey, 'key'>,
): Promise<[number, string | undefined]> {
  const { status, body } = await withKey(app, key, 'GET /api/organizations');
  return [status, body?.code];
}

export const WORKS = [200, undefined];
export const DEAD = [401, 'token_invalid'];
