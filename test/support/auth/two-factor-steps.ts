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

/** Completes a login with the XC API. */
export function finishXcLogin(app: TestApp, tempToken: string, code: string): Promise<TestResponse> {
  return app.post('/api/v1/auth/verify-2fa', { temp_token: tempToken, code });
}

/** Completes a login with the Xentree API. */
export function finishXentreeLogin(app: TestApp, tempToken: string, code: string): Promise<TestResponse> {
  const form = { grant_type: 'two_factor', temp_token: tempToken, code };
  return app.post('/api/auth/token', undefined, { form });
}

/** Requests a token with the password from the Xentree API. */
export function requestPasswordGrant(
  app: TestApp,
  { email, password }: Pick<TestUser, 'email' | 'password'>,
): Promise<TestResponse> {
  return app.post('/api/auth/token', undefined, { form: { username: email, password } });
}

/** Returns six digits that are neither an excluded code nor a TOTP code of about now. */
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

/** Advances the clock to the next TOTP period; returns its code. */
export function nextTotpCode(app: TestApp, { secret }: Pick<TestUser, 'secret'>): string {
  app.clock.advance(31);
  return totpCode(app, secret);
}

/** Submits `count` wrong codes, alternately to the XC API and the Xentree API. */
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

/** Creates an owner with a second factor, whose organization requires one of all members. */
export async function givenOwnerRequiringTwoFactor(app: TestApp): Promise<TestOwner> {
  const owner = await givenOwner(app);
  await enableTwoFactor(app, owner, 'totp');
  await expectStatus(
    200,
    app.patch('/api/v1/organization', { enforce_2fa: true }, { token: owner.accessToken }),
  );
  return owner;
}

/** Inserts a membership; `selfJoined` says whether the user joined by their own action. */
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

/** Creates a user without a second factor in an organization that requires one. */
export async function givenMemberWithoutFactor(app: TestApp): Promise<TestUser> {
  const { organizationId } = await givenOwnerRequiringTwoFactor(app);
  const user = await givenUser(app);
  await insertMembership(app, organizationId, user.email, true);
  return user;
}

/** Advances the clock until another code may be mailed. */
export function skipMailCooldown(app: TestApp): void {
  app.clock.advance(61);
}
