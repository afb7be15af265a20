import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import { type TestUser, givenUser, getTempToken, totpCode } from '@test/support/auth/given-users.js';
import {
  finishXentreeLogin,
  nextTotpCode,
  submitWrongCodes,
  finishXcLogin,
  wrongCode,
} from '@test/support/auth/two-factor-steps.js';
import { expectStatus } from '@test/support/http/responses.js';

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 60 * MINUTE_SECONDS;

/** One way to use a code: `prepare` sets it up, then `attempt` may be called with any code. */
interface CodeEndpoint {
  name: string;
  prepare: (app: TestApp, user: TestUser) => Promise<{ attempt: Attempt; right: () => string }>;
}
type Attempt = (code: string) => Promise<TestResponse>;

const sessionEndpoint = (name: string, url: string): CodeEndpoint => ({
  name,
  prepare: async (app, user) => ({
    attempt: (code) => app.post(url, { code }, { token: user.accessToken }),
    right: () => totpCode(app, user.secret),
  }),
});

const CODE_ENDPOINTS: CodeEndpoint[] = [
  {
    name: 'verify-2fa',
    prepare: async (app, user) => {
      const tempToken = await getTempToken(app, user);
      return {
        attempt: (code) => finishXcLogin(app, tempToken, code),
        right: () => totpCode(app, user.secret),
      };
    },
  },
  {
    name: 'grant_type=two_factor',
    prepare: async (app, user) => {
      const tempToken = await getTempToken(app, user);
      return {
        attempt: (code) => finishXentreeLogin(app, tempToken, code),
        right: () => totpCode(app, user.secret),
      };
    },
  },
  {
    name: '2fa/confirm',
    prepare: async (app, { accessToken: token }) => {
      const setup = await expectStatus(
        200,
        app.post('/api/v1/auth/2fa/setup', { method: 'totp' }, { token }),
      );
      return {
        attempt: (code) => app.post('/api/v1/auth/2fa/confirm', { code }, { token }),
        right: () => totpCode(app, setup.body.secret),
      };
    },
  },
  {
    name: 'a backup code at verify-2fa',
    prepare: async (app, user) => {
      const tempToken = await getTempToken(app, user);
      return {
        attempt: (code) => finishXcLogin(app, tempToken, code),
        right: () => user.backupCodes[0] as string,
      };
    },
  },
  {
    name: 'erasing the account',
    prepare: async (app, { accessToken: token, password, secret }) => ({
      attempt: (code) => app.call('DELETE', '/api/auth/me', { body: { password, code }, token }),
      right: () => totpCode(app, secret),
    }),
  },
  sessionEndpoint('step-up', '/api/v1/auth/step-up'),
  sessionEndpoint('2fa/backup-codes', '/api/v1/auth/2fa/backup-codes'),
  sessionEndpoint('2fa/disable', '/api/v1/auth/2fa/disable'),
];

function expectLocked(response: TestResponse, seconds: number): void {
  expect([response.status, response.body.code]).toEqual([429, 'too_many_attempts']);
  expect(response.body.detail).toBe('Too many attempts. Try again later.');
  expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
  expect(Number(response.headers['retry-after'])).toBeLessThanOrEqual(seconds);
}

describe('attacks on the second factor', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  const statuses = (responses: TestResponse[]): number[] => responses.map(({ status }) => status).sort();

  async function countSpentBackupCodes({ email }: TestUser): Promise<number> {
    const counted = await app.sql<{ spent: number }>(
      `SELECT count(used_at)::int AS spent FROM backup_codes b JOIN users u ON u.id = b.user_id WHERE u.email = $1`,
      [email],
    );
    return counted[0]?.spent ?? 0;
  }

  it('accepts one TOTP code once, by any number of concurrent requests to both APIs', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    for (let round = 0; round < 5; round += 1) {
      const logins = [await getTempToken(app, user), await getTempToken(app, user)];
      const code = nextTotpCode(app, user);
      const answers = await Promise.all([
        finishXcLogin(app, logins[0] as string, code),
        finishXentreeLogin(app, logins[1] as string, code),
      ]);
      expect(statuses(answers)).toEqual([200, 401]);
      const refused = answers.find(({ status }) => status === 401);
      expect(refused?.body).toMatchObject({ detail: 'Invalid code', code: 'two_factor_code_invalid' });
      const late = await expectStatus(401, finishXcLogin(app, await getTempToken(app, user), code));
      expect(late.body.detail).toBe('Invalid code');
    }
  });

  it('accepts one TOTP code once across login and step-up', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const token = user.accessToken;
    for (let round = 0; round < 5; round += 1) {
      const tempToken = await getTempToken(app, user);
      const code = nextTotpCode(app, user);
      const answers = await Promise.all([
        app.post('/api/v1/auth/step-up', { code }, { token }),
        finishXcLogin(app, tempToken, code),
      ]);
      expect(statuses(answers)).toEqual([200, 401]);
    }
  });

  it('accepts no code of a time step before the last accepted one', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const [before, after] = [totpCode(app, user.secret, -1), totpCode(app, user.secret)];
    await expectStatus(200, finishXcLogin(app, await getTempToken(app, user), after));
    await expectStatus(401, finishXcLogin(app, await getTempToken(app, user), before));
  });

  it.each([
    ['one login', 1],
    ['eight logins', 8],
  ])('accepts a backup code once in 20 concurrent tries of %s', async (_name, count) => {
    for (let round = 0; round < 3; round += 1) {
      const user = await givenUser(app, { twoFactor: 'totp' });
      const code = user.backupCodes[round] as string;
      const logins = await Promise.all(Array.from({ length: count }, () => getTempToken(app, user)));
      const responses = await Promise.all(
        Array.from({ length: 20 }, (_, index) => {
          const attempt = index % 2 ? finishXentreeLogin : finishXcLogin;
          return attempt(app, logins[index % count] as string, code);
        }),
      );
      expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(responses.filter(({ status }) => ![200, 401, 429].includes(status))).toEqual([]);
      app.clock.advance(15 * MINUTE_SECONDS + 1);
      await expectStatus(401, finishXcLogin(app, await getTempToken(app, user), code));
      expect(await countSpentBackupCodes(user)).toBe(1);
    }
  });

  it('checks five of twenty concurrent guesses, and then refuses every code', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const tempToken = await getTempToken(app, user);
    const guesses = Array.from({ length: 20 }, (_, index) => {
      const attempt = index % 2 ? finishXentreeLogin : finishXcLogin;
      return attempt(app, tempToken, wrongCode(app, user));
    });
    const responses = await Promise.all(guesses);
    expect(responses.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(responses.filter(({ status }) => status === 429)).toHaveLength(15);
    expectLocked(await finishXcLogin(app, tempToken, totpCode(app, user.secret)), 15 * MINUTE_SECONDS);
  });

  it('refuses codes on every path of both APIs after five wrong ones, for 15 minutes', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const ready = await Promise.all(CODE_ENDPOINTS.map((path) => path.prepare(app, user)));
    await submitWrongCodes(app, user, await getTempToken(app, user), 5);
    for (const { attempt, right } of ready) expectLocked(await attempt(right()), 15 * MINUTE_SECONDS);
    app.clock.advance(10 * MINUTE_SECONDS);
    expectLocked(
      await finishXcLogin(app, await getTempToken(app, user), totpCode(app, user.secret)),
      5 * MINUTE_SECONDS,
    );
    app.clock.advance(5 * MINUTE_SECONDS + 1);
    await expectStatus(200, finishXcLogin(app, await getTempToken(app, user), totpCode(app, user.secret)));
    // Refused attempts consumed and changed nothing.
    await expectStatus(
      200,
      finishXentreeLogin(app, await getTempToken(app, user), user.backupCodes[0] as string),
    );
  });

  it.each(CODE_ENDPOINTS)('counts wrong codes at $name for the common lock', async ({ prepare: ready }) => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const { attempt, right } = await ready(app, user);
    const tempToken = await getTempToken(app, user);
    for (let index = 0; index < 5; index += 1) {
      const { body } = await expectStatus(401, attempt(wrongCode(app, user, right())));
      expect(body).toMatchObject({ detail: 'Invalid code', code: 'two_factor_code_invalid' });
    }
    expectLocked(await attempt(right()), 15 * MINUTE_SECONDS);
    expectLocked(await finishXcLogin(app, tempToken, totpCode(app, user.secret)), 15 * MINUTE_SECONDS);
  });

  it('locks one user and not another', async () => {
    const [one, other] = [
      await givenUser(app, { twoFactor: 'totp' }),
      await givenUser(app, { twoFactor: 'totp' }),
    ];
    await submitWrongCodes(app, one, await getTempToken(app, one), 5);
    await expectStatus(200, finishXcLogin(app, await getTempToken(app, other), totpCode(app, other.secret)));
  });

  it('forgets the wrong codes of the last 15 minutes after a correct one, not those of the day', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    for (let round = 0; round < 5; round += 1) {
      const tempToken = await getTempToken(app, user);
      await submitWrongCodes(app, user, tempToken, 4);
      if (round < 4) await expectStatus(200, finishXcLogin(app, tempToken, nextTotpCode(app, user)));
    }
    app.clock.advance(15 * MINUTE_SECONDS);
    expectLocked(
      await finishXcLogin(app, await getTempToken(app, user), totpCode(app, user.secret)),
      24 * HOUR_SECONDS,
    );
    expect((await app.mails(user.email))[0]?.subject).toBe('Too many wrong codes');
  });

  it('locks second-factor login after 20 wrong codes in 24 hours, notifies the user once, and unlocks later', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const warnings = async (): Promise<number> =>
      (await app.mails(user.email)).filter(({ subject }) => subject === 'Too many wrong codes').length;
    for (let round = 0; round < 4; round += 1) {
      expect(await warnings()).toBe(0);
      await submitWrongCodes(app, user, await getTempToken(app, user), 5);
      app.clock.advance(15 * MINUTE_SECONDS + 1);
    }
    expect(await warnings()).toBe(1);
    const tempToken = await getTempToken(app, user);
    for (const attempt of [finishXcLogin, finishXentreeLogin]) {
      const locked = await attempt(app, tempToken, totpCode(app, user.secret));
      expectLocked(locked, 23 * HOUR_SECONDS);
      expect(Number(locked.headers['retry-after'])).toBeGreaterThan(22 * HOUR_SECONDS);
    }
    app.clock.advance(22 * HOUR_SECONDS);
    expectLocked(
      await finishXcLogin(app, await getTempToken(app, user), user.backupCodes[0] as string),
      HOUR_SECONDS,
    );
    app.clock.advance(HOUR_SECONDS);
    await expectStatus(200, finishXcLogin(app, await getTempToken(app, user), totpCode(app, user.secret)));
    expect(await warnings()).toBe(1);
  });
});
