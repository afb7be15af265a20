import type { Answer, TestApp } from '../app/test-app.js';
import {
  enableTwoFactor,
  expectStatus,
  type GivenOwner,
  type GivenUser,
  givenOwner,
  givenUser,
  totp,
} from './given-users.js';

/** Finishes a login on the XC face. */
export function verify(app: TestApp, tempToken: string, code: string): Promise<Answer> {
  return app.post('/api/v1/auth/verify-2fa', { temp_token: tempToken, code });
}

/** Finishes a login on the Xentree face. */
export function finish(app: TestApp, tempToken: string, code: string): Promise<Answer> {
  const form = { grant_type: 'two_factor', temp_token: tempToken, code };
  return app.post('/api/auth/token', undefined, { form });
}

/** Asks for a token with the password on the Xentree face. */
export function passwordGrant(
  app: TestApp,
  { email, password }: Pick<GivenUser, 'email' | 'password'>,
): Promise<Answer> {
  return app.post('/api/auth/token', undefined, { form: { username: email, password } });
}

/** Six digits that are neither one of `right` nor what an app with this secret shows about now. */
export function wrongCode(app: TestApp, { secret }: Pick<GivenUser, 'secret'>, ...right: string[]): string {
  const near = secret ? [-2, -1, 0, 1, 2].map((steps) => totp(app, secret, steps)) : [];
  const taken = new Set([...right, ...near]);
  return ['271828', '314159', '141421', '173205', '223606', '264575', '161803', '057721'].find(
    (code) => !taken.has(code),
  ) as string;
}

/** A code of the app that was not used yet: moves on to the next period. */
export function freshTotp(app: TestApp, { secret }: Pick<GivenUser, 'secret'>): string {
  app.clock.advance(31);
  return totp(app, secret);
}

/** Makes a person wrong `count` times, on the two faces by turns. */
export async function guessWrong(
  app: TestApp,
  user: GivenUser,
  tempToken: string,
  count: number,
): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const attempt = index % 2 ? finish : verify;
    const { body } = await expectStatus(401, attempt(app, tempToken, wrongCode(app, user)));
    if (body.detail !== 'Invalid code') throw new Error(`Not counted as a wrong code: ${body.detail}`);
  }
}

/** An owner with a second factor whose organization demands one of everybody. */
export async function givenEnforcingOwner(app: TestApp): Promise<GivenOwner> {
  const owner = await givenOwner(app);
  await enableTwoFactor(app, owner, 'totp');
  await expectStatus(
    200,
    app.patch('/api/v1/organization', { enforce_2fa: true }, { token: owner.accessToken }),
  );
  return owner;
}

/** Makes a person a member; `ownAct` when they joined themselves and were not just added. */
export async function addMember(
  app: TestApp,
  organizationId: string,
  email: string,
  ownAct: boolean,
): Promise<void> {
  await app.sql(
    `INSERT INTO memberships (id, organization_id, user_id, role, own_act, joined_at)
     SELECT gen_random_uuid(), $1, id, 'member', $3, now() FROM users WHERE email = $2`,
    [organizationId, email, ownAct],
  );
}

/** Somebody without a second factor who joined an organization that demands one. */
export async function givenUnsecuredMember(app: TestApp): Promise<GivenUser> {
  const { organizationId } = await givenEnforcingOwner(app);
  const user = await givenUser(app);
  await addMember(app, organizationId, user.email, true);
  return user;
}

/** A mail with a code may be sent again. */
export function passMailPause(app: TestApp): void {
  app.clock.advance(61);
}
