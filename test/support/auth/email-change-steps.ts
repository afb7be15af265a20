import type { TestApp, TestResponse } from '../app/test-app.js';
import { expectStatus } from '../http/responses.js';
import { PASSWORD, type TestUser } from './given-users.js';

export const NEW_PASSWORD = 'magpies iron twelve carpets';

type Caller = Pick<TestUser, 'accessToken'>;

let count = 0;

/** Returns an address that no other user of the test run has. */
export const newAddress = (): string => `moved-${(count += 1)}-${process.pid}@example.com`;

/** Returns the requests around a change of the e-mail address. `getApp` is called for each request. */
export function emailChangeSteps(getApp: () => TestApp) {
  const askForChange = (
    { accessToken: token }: Caller,
    email: string,
    password = PASSWORD,
  ): Promise<TestResponse> => getApp().post('/api/auth/email', { email, password }, { token });
  const confirm = async (email: string): Promise<TestResponse> =>
    getApp().post('/api/v1/auth/verify-email', {
      token: await getApp().lastLinkToken(email, 'verify-email'),
    });
  return {
    askForChange,
    confirm,
    /** Changes the address and confirms it; returns the new one. */
    change: async (user: Caller, email = newAddress()): Promise<string> => {
      await expectStatus(200, askForChange(user, email));
      await expectStatus(200, confirm(email));
      return email;
    },
    revertTokenOf: (email: string): Promise<string> => getApp().lastLinkToken(email, 'revert-email'),
    revert: (token: string): Promise<TestResponse> => getApp().post('/api/v1/auth/revert-email', { token }),
    login: (email: string, password = PASSWORD): Promise<TestResponse> =>
      getApp().post('/api/v1/auth/login', { email, password }),
    resetLink: async (email: string): Promise<string> => {
      await expectStatus(200, getApp().post('/api/v1/auth/forgot-password', { email }));
      return getApp().lastLinkToken(email, 'reset-password');
    },
    resetPassword: (token: string): Promise<TestResponse> =>
      getApp().post('/api/v1/auth/reset-password', { token, password: NEW_PASSWORD }),
    register: (email: string): Promise<TestResponse> =>
      getApp().post('/api/auth/register', {
        username: `late-${(count += 1)}-${process.pid}`,
        email,
        password: PASSWORD,
      }),
    addressOf: async (token: string): Promise<string> =>
      (await expectStatus(200, getApp().get('/api/auth/me', { token }))).body.email as string,
  };
}
