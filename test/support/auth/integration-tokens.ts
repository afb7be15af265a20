import { createHash, createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';
import type { Answer, TestApp } from '../app/test-app.js';
import { expectStatus } from './given-users.js';
import type { Person } from '../organizations/given-organizations.js';

export const GRANT = { origin: 'https://partner.example.com', scopes: ['profile:read', 'quota:read'] };

type Caller = Pick<Person, 'accessToken'>;

/** A call as somebody signed in. `route`: `POST grant`, or with a whole path. */
export function integration(app: TestApp, by: Caller, route: string, body?: unknown): Promise<Answer> {
  const [method, path] = route.split(' ') as [string, string];
  const url = path.startsWith('/') ? path : `/api/integration/${path}`;
  return app.call(method, url, { body, token: by.accessToken });
}

export interface GivenToken {
  token: string;
  jti: string;
  kid: string;
  tenantId: string;
}

export async function givenToken(app: TestApp, by: Caller, request: object = {}): Promise<GivenToken> {
  return (await expectStatus(201, integration(app, by, 'POST grant', { ...GRANT, ...request }))).body;
}

/** What `verify` says of a token: null while it is valid, else the reason. */
export async function flawOf(
  app: TestApp,
  by: Caller,
  { token, tenantId }: Pick<GivenToken, 'token' | 'tenantId'>,
): Promise<string | null> {
  const { body } = await expectStatus(200, integration(app, by, 'POST verify', { token, tenantId }));
  if (body.valid) return null;
  return (body.reason as string | undefined) ?? '';
}

type Jwk = JsonWebKey & { kid: string };

export async function jwksOf(app: TestApp, tenantId: string): Promise<Jwk[]> {
  return (await expectStatus(200, app.get(`/api/integration/jwks?tenantId=${tenantId}`))).body.keys;
}

function decode(part: string | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;
}

export interface Decoded {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
}

/** Reads a token as a partner would, with nothing but the published keys; throws when none of them signed it. */
export function readWith(keys: Jwk[], token: string): Decoded {
  const [header, payload, signature] = token.split('.');
  const { kid, alg } = decode(header);
  const jwk = keys.find((candidate) => candidate.kid === kid);
  if (!jwk || alg !== 'RS256') throw new Error('No published key signed this.');
  const signed = Buffer.from(`${header}.${payload}`);
  const holds = verify('RSA-SHA256', signed, publicKey(jwk), Buffer.from(signature ?? '', 'base64url'));
  if (!holds) throw new Error('The signature is wrong.');
  return { header: decode(header), claims: decode(payload) };
}

export function publicKey(jwk: Jwk): KeyObject {
  return createPublicKey({ key: jwk, format: 'jwk' });
}

/** SHA-256 over the SPKI in DER, as people compare it. */
export function fingerprint(jwk: Jwk): string {
  const spki = publicKey(jwk).export({ type: 'spki', format: 'der' });
  const hex = createHash('sha256').update(spki).digest('hex').toUpperCase();
  return (hex.match(/../g) ?? []).join(':');
}
