import { createHash, createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';
import type { TestResponse, TestApp } from '../app/test-app.js';
import { expectStatus } from '../http/responses.js';
import type { UserWithId } from '../organizations/given-organizations.js';

export const GRANT_REQUEST = {
  origin: 'https://partner.example.com',
  scopes: ['profile:read', 'quota:read'],
};

type SignedInUser = Pick<UserWithId, 'accessToken'>;

/** Sends a request of a signed-in user. `route` is like `POST grant`, or has a full path. */
export function callIntegration(
  app: TestApp,
  by: SignedInUser,
  route: string,
  body?: unknown,
): Promise<TestResponse> {
  const [method, path] = route.split(' ') as [string, string];
  const url = path.startsWith('/') ? path : `/api/integration/${path}`;
  return app.call(method, url, { body, token: by.accessToken });
}

export interface TestIntegrationToken {
  token: string;
  jti: string;
  kid: string;
  tenantId: string;
}

export async function givenIntegrationToken(
  app: TestApp,
  by: SignedInUser,
  request: object = {},
): Promise<TestIntegrationToken> {
  return (await expectStatus(201, callIntegration(app, by, 'POST grant', { ...GRANT_REQUEST, ...request })))
    .body;
}

/** Returns the reason that `verify` gives for an invalid token; null if the token is valid. */
export async function getInvalidReason(
  app: TestApp,
  by: SignedInUser,
  { token, tenantId }: Pick<TestIntegrationToken, 'token' | 'tenantId'>,
): Promise<string | null> {
  const { body } = await expectStatus(200, callIntegration(app, by, 'POST verify', { token, tenantId }));
  if (body.valid) return null;
  return (body.reason as string | undefined) ?? '';
}

type PublishedJwk = JsonWebKey & { kid: string };

export async function fetchJwks(app: TestApp, tenantId: string): Promise<PublishedJwk[]> {
  return (await expectStatus(200, app.get(`/api/integration/jwks?tenantId=${tenantId}`))).body.keys;
}

function decodePart(part: string | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;
}

export interface DecodedToken {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
}

/** Verifies a token with the published keys, as a partner does. Throws if none of them signed it. */
export function verifyWithJwks(keys: PublishedJwk[], token: string): DecodedToken {
  const [header, payload, signature] = token.split('.');
  const { kid, alg } = decodePart(header);
  const jwk = keys.find((candidate) => candidate.kid === kid);
  if (!jwk || alg !== 'RS256') throw new Error('No published key signed the token.');
  const signed = Buffer.from(`${header}.${payload}`);
  const isValid = verify('RSA-SHA256', signed, toPublicKey(jwk), Buffer.from(signature ?? '', 'base64url'));
  if (!isValid) throw new Error('The signature is wrong.');
  return { header: decodePart(header), claims: decodePart(payload) };
}

export function toPublicKey(jwk: PublishedJwk): KeyObject {
  return createPublicKey({ key: jwk, format: 'jwk' });
}

/** Returns the SHA-256 of the public key (SPKI, DER) as pairs of hex digits. */
export function computeFingerprint(jwk: PublishedJwk): string {
  const spki = toPublicKey(jwk).export({ type: 'spki', format: 'der' });
  const hex = createHash('sha256').update(spki).digest('hex').toUpperCase();
  return (hex.match(/../g) ?? []).join(':');
}
