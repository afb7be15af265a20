import type { TestResponse, TestApp } from '../app/test-app.js';
import { expectStatus } from '../http/responses.js';
import {
  enableTwoFactor,
  type TestOwner,
  type TestUser,
  givenOwner,
  givenUser,
  totpCode,
} from './given-users.js';

/** Finishes a login on the XC face. */
export function finishXcLogin(app: TestApp, tempToken: string, code: string): Promise<TestResponse> {
  return app.post('/api/v1/auth/verify-2fa', { temp_token: tempToken, code });
}

/** Finishes a login on the Xentree face. */
export function finishXentreeLogin(app: TestApp, tempToken: string, code: string): Promise<TestResponse> {
  const form = { grant_type: 'two_factor', temp_token: tempToken, code };
  return app.post('/api/auth/token', undefined, { form });
}

/** Asks for a token with the password on the Xentree face. */
export function requestPasswordGrant(
  app: TestApp,
  { email, password }: Pick<TestUser, 'email' | 'password'>,
): Promise<TestResponse> {
  return app.post('/api/auth/token', undefined, { form: { username: email, password } });
}

/** Six digits that are neither one of `right` nor what an app with this secret shows about now. */
export function wrongCode(
  app: TestApp,
  { secret }: Pick<TestUser, 'secret'>,
  ...excludedCodes: string[]
): string {
  const nearbyCodes = secret ? [-2, -1, 0, 1, 2].map((steps) => totpCode(app, secret, steps)) : [];
  const validCodes = new Set([...excludedCodes, ...nearbyCodes]);
  return ['271828', '314159', '141421', '173205', '223606', '264575', '161803', '057721'].find(
    (code) => !validCodes.has(code),
  ) as string;
}

/** A code of the app that was not used yet: moves on to the next period. */
export function nextTotpCode(app: TestApp, { secret }: Pick<TestUser, 'secret'>): string {
  app.clock.advance(31);
  return totpCode(app, secret);
}

/** Makes a person wrong `count` times, on the two faces by turns. */
export async function submitWrongCodes(
  app: TestApp,
  user: TestUser,
  tempToken: string,
  count: number,
): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const attempt = index % 2 ? finishXentreeLogin : finishXcLogin;
    const { body } = await expectStatus(401, attempt(app, tempToken, wrongCode(app, user)));
    if (body.detail !== 'Invalid code') throw new Error(`Not counted as a wrong code: ${body.detail}`);
  }
}

/** An owner with a second factor whose organization demands one of everybody. */
export async function givenOwnerRequiringTwoFactor(app: TestApp): Promise<TestOwner> {
  const owner = await givenOwner(app);
  await enableTwoFactor(app, owner, 'totp');
  await expectStatus(
    200,
    app.patch('/api/v1/organization', { enforce_2fa: true }, { token: owner.accessToken }),
  );
  return owner;
}

/** Makes a person a member; `selfJoined` when the user joined by their own action. */
export async function insertMembership(
  app: TestApp,
  organizationId: string,
  email: string,
  selfJoined: boolean,
): Promise<void> {
  await app.sql(
    `INSERT INTO memberships (id, organization_id, user_id, role, self_joined, joined_at)
     SELECT gen_random_uuid(), $1, id, 'member', $3, now() FROM users WHERE email = $2`,
    [organizationId, email, selfJoined],
  );
}

/** Somebody without a second factor who joined an organization that demands one. */
export async function givenMemberWithoutFactor(app: TestApp): Promise<TestUser> {
  const { organizationId } = await givenOwnerRequiringTwoFactor(app);
  const user = await givenUser(app);
  await insertMembership(app, organizationId, user.email, true);
  return user;
}

/** A mail with a code may be sent again. */
export function skipMailCooldown(app: TestApp): void {
  app.clock.advance(61);
}
