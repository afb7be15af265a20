import speakeasy from 'speakeasy';
import type { TestApp } from '../app/test-app.js';
import { expectStatus } from '../http/responses.js';

export const PASSWORD = 'otters juggle nine lanterns';

let count = 0;

export interface TestUser {
  username: string;
  email: string;
  password: string;
  accessToken: string;
  refreshToken: string;
  /** The TOTP secret in base32; empty without TOTP. */
  secret: string;
  backupCodes: string[];
}

export interface TestUserOptions {
  twoFactor?: 'totp' | 'email';
}

/** Registers a user with the Xentree API and logs in. */
export async function givenUser(app: TestApp, { twoFactor }: TestUserOptions = {}): Promise<TestUser> {
  const username = `person-${(count += 1)}-${process.pid}`;
  const user: TestUser = {
    username,
    email: `${username}@example.com`,
    password: PASSWORD,
    accessToken: '',
    refreshToken: '',
    secret: '',
    backupCodes: [],
  };
  await expectStatus(
    201,
    app.post('/api/auth/register', { username, email: user.email, password: PASSWORD }),
  );
  const tokens = await expectStatus(
    200,
    app.post('/api/auth/token', undefined, { form: { username, password: PASSWORD } }),
  );
  user.accessToken = tokens.body.access_token;
  user.refreshToken = tokens.body.refresh_token;
  if (twoFactor) await enableTwoFactor(app, user, twoFactor);
  return user;
}

export interface TestOwner extends TestUser {
  organizationId: string;
}

/** Registers an owner and an organization with the XC API. */
export async function givenOwner(app: TestApp): Promise<TestOwner> {
  const email = `owner-${(count += 1)}-${process.pid}@example.com`;
  const request = {
    email,
    password: PASSWORD,
    company_name: 'Acme Learning',
    first_name: 'Ada',
    last_name: 'Lovelace',
  };
  const { body } = await expectStatus(201, app.post('/api/v1/auth/register', request));
  return {
    username: '',
    email,
    password: PASSWORD,
    accessToken: body.access_token,
    refreshToken: '',
    secret: '',
    backupCodes: [],
    organizationId: body.organization_id,
  };
}

export async function enableTwoFactor(app: TestApp, user: TestUser, method: 'totp' | 'email'): Promise<void> {
  const token = user.accessToken;
  const setup = await expectStatus(200, app.post('/api/v1/auth/2fa/setup', { method }, { token }));
  user.secret = setup.body.secret ?? '';
  const code = method === 'totp' ? totpCode(app, user.secret) : await app.lastCode(user.email);
  const confirmed = await expectStatus(200, app.post('/api/v1/auth/2fa/confirm', { code }, { token }));
  user.backupCodes = confirmed.body.backup_codes;
  app.clock.advance(61); // the next code is a new one, and another mail may be sent
}

/** Returns the code of an authenticator app now, or `steps` periods later. */
export function totpCode(app: TestApp, secret: string, steps = 0): string {
  const time = Math.floor(app.clock.millis() / 1000) + steps * 30;
  return speakeasy.totp({ secret, encoding: 'base32', time });
}

/** Logs in with the XC API up to the second factor; returns the temporary token. */
export async function getTempToken(
  app: TestApp,
  { email, password }: Pick<TestUser, 'email' | 'password'>,
): Promise<string> {
  const { body } = await expectStatus(200, app.post('/api/v1/auth/login', { email, password }));
  return body.temp_token as string;
}
