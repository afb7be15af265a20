import { TestApp, type Answer } from '@test/support/app/test-app.js';
import {
  expectStatus,
  type GivenUser,
  givenUser,
  tempTokenOf,
  totp,
} from '@test/support/auth/given-users.js';
import { finish, freshTotp, guessWrong, verify, wrongCode } from '@test/support/auth/two-factor-steps.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** One way to use a code: `ready` prepares it, then `attempt` may be called with any code. */
interface Path {
  name: string;
  ready: (app: TestApp, user: GivenUser) => Promise<{ attempt: Attempt; right: () => string }>;
}
type Attempt = (code: string) => Promise<Answer>;

const signedIn = (name: string, url: string): Path => ({
  name,
  ready: async (app, user) => ({
    attempt: (code) => app.post(url, { code }, { token: user.accessToken }),
    right: () => totp(app, user.secret),
  }),
});

const PATHS: Path[] = [
  {
    name: 'verify-2fa',
    ready: async (app, user) => {
      const tempToken = await tempTokenOf(app, user);
      return { attempt: (code) => verify(app, tempToken, code), right: () => totp(app, user.secret) };
    },
  },
  {
    name: 'grant_type=two_factor',
    ready: async (app, user) => {
      const tempToken = await tempTokenOf(app, user);
      return { attempt: (code) => finish(app, tempToken, code), right: () => totp(app, user.secret) };
    },
  },
  {
    name: '2fa/confirm',
    ready: async (app, { accessToken: token }) => {
      const setup = await expectStatus(
        200,
        app.post('/api/v1/auth/2fa/setup', { method: 'totp' }, { token }),
      );
      return {
        attempt: (code) => app.post('/api/v1/auth/2fa/confirm', { code }, { token }),
        right: () => totp(app, setup.body.secret),
      };
    },
  },
  {
    name: 'a backup code at verify-2fa',
    ready: async (app, user) => {
      const tempToken = await tempTokenOf(app, user);
      return { attempt: (code) => verify(app, tempToken, code), right: () => user.backupCodes[0] as string };
    },
  },
  {
    name: 'erasing the account',
    ready: async (app, { accessToken: token, password, secret }) => ({
      attempt: (code) => app.call('DELETE', '/api/auth/me', { body: { password, code }, token }),
      right: () => totp(app, secret),
    }),
  },
  signedIn('step-up', '/api/v1/auth/step-up'),
  signedIn('2fa/backup-codes', '/api/v1/auth/2fa/backup-codes'),
  signedIn('2fa/disable', '/api/v1/auth/2fa/disable'),
];

function expectLocked(answer: Answer, seconds: number): void {
  expect([answer.status, answer.body.code]).toEqual([429, 'too_many_attempts']);
  expect(answer.body.detail).toBe('Too many attempts. Try again later.');
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(seconds);
}

describe('attacks on the second factor', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  const statuses = (answers: Answer[]): number[] => answers.map(({ status }) => status).sort();

  async function spentBackupCodes({ email }: GivenUser): Promise<number> {
    const counted = await app.sql<{ spent: number }>(
      `SELECT count(used_at)::int AS spent FROM backup_codes b JOIN users u ON u.id = b.user_id WHERE u.email = $1`,
      [email],
    );
    return counted[0]?.spent ?? 0;
  }

  it('accepts one TOTP once, however many use it in parallel and on whichever face', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    for (let round = 0; round < 5; round += 1) {
      const logins = [await tempTokenOf(app, user), await tempTokenOf(app, user)];
      const code = freshTotp(app, user);
      const answers = await Promise.all([
        verify(app, logins[0] as string, code),
        finish(app, logins[1] as string, code),
      ]);
      expect(statuses(answers)).toEqual([200, 401]);
      const refused = answers.find(({ status }) => status === 401);
      expect(refused?.body).toMatchObject({ detail: 'Invalid code', code: 'two_factor_code_invalid' });
      const late = await expectStatus(401, verify(app, await tempTokenOf(app, user), code));
      expect(late.body.detail).toBe('Invalid code');
    }
  });

  it('accepts one TOTP once across login and step-up', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const token = user.accessToken;
    for (let round = 0; round < 5; round += 1) {
      const tempToken = await tempTokenOf(app, user);
      const code = freshTotp(app, user);
      const answers = await Promise.all([
        app.post('/api/v1/auth/step-up', { code }, { token }),
        verify(app, tempToken, code),
      ]);
      expect(statuses(answers)).toEqual([200, 401]);
    }
  });

  it('accepts no code of a time before the last accepted one', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const [before, after] = [totp(app, user.secret, -1), totp(app, user.secret)];
    await expectStatus(200, verify(app, await tempTokenOf(app, user), after));
    await expectStatus(401, verify(app, await tempTokenOf(app, user), before));
  });

  it.each([
    ['one login', 1],
    ['eight logins', 8],
  ])('spends one backup code once in 20 parallel tries of %s', async (_name, count) => {
    for (let round = 0; round < 3; round += 1) {
      const user = await givenUser(app, { twoFactor: 'totp' });
      const code = user.backupCodes[round] as string;
      const logins = await Promise.all(Array.from({ length: count }, () => tempTokenOf(app, user)));
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => {
          const attempt = index % 2 ? finish : verify;
          return attempt(app, logins[index % count] as string, code);
        }),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ status }) => ![200, 401, 429].includes(status))).toEqual([]);
      app.clock.advance(15 * MINUTE + 1);
      await expectStatus(401, verify(app, await tempTokenOf(app, user), code));
      expect(await spentBackupCodes(user)).toBe(1);
    }
  });

  it('lets five of twenty parallel guesses through, and then nobody', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const tempToken = await tempTokenOf(app, user);
    const guesses = Array.from({ length: 20 }, (_, index) => {
      const attempt = index % 2 ? finish : verify;
      return attempt(app, tempToken, wrongCode(app, user));
    });
    const answers = await Promise.all(guesses);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(15);
    expectLocked(await verify(app, tempToken, totp(app, user.secret)), 15 * MINUTE);
  });

  it('closes every path on both faces after five wrong codes, and opens them 15 minutes later', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const ready = await Promise.all(PATHS.map((path) => path.ready(app, user)));
    await guessWrong(app, user, await tempTokenOf(app, user), 5);
    for (const { attempt, right } of ready) expectLocked(await attempt(right()), 15 * MINUTE);
    app.clock.advance(10 * MINUTE);
    expectLocked(await verify(app, await tempTokenOf(app, user), totp(app, user.secret)), 5 * MINUTE);
    app.clock.advance(5 * MINUTE + 1);
    await expectStatus(200, verify(app, await tempTokenOf(app, user), totp(app, user.secret)));
    // Nothing was spent or changed by what was refused.
    await expectStatus(200, finish(app, await tempTokenOf(app, user), user.backupCodes[0] as string));
  });

  it.each(PATHS)('counts wrong codes at $name for the one lock', async ({ ready }) => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const { attempt, right } = await ready(app, user);
    const tempToken = await tempTokenOf(app, user);
    for (let index = 0; index < 5; index += 1) {
      const { body } = await expectStatus(401, attempt(wrongCode(app, user, right())));
      expect(body).toMatchObject({ detail: 'Invalid code', code: 'two_factor_code_invalid' });
    }
    expectLocked(await attempt(right()), 15 * MINUTE);
    expectLocked(await verify(app, tempToken, totp(app, user.secret)), 15 * MINUTE);
  });

  it('locks one person and not another', async () => {
    const [one, other] = [
      await givenUser(app, { twoFactor: 'totp' }),
      await givenUser(app, { twoFactor: 'totp' }),
    ];
    await guessWrong(app, one, await tempTokenOf(app, one), 5);
    await expectStatus(200, verify(app, await tempTokenOf(app, other), totp(app, other.secret)));
  });

  it('forgets the wrong codes of the last 15 minutes after a right one, not those of the day', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    for (let round = 0; round < 5; round += 1) {
      const tempToken = await tempTokenOf(app, user);
      await guessWrong(app, user, tempToken, 4);
      if (round < 4) await expectStatus(200, verify(app, tempToken, freshTotp(app, user)));
    }
    app.clock.advance(15 * MINUTE);
    expectLocked(await verify(app, await tempTokenOf(app, user), totp(app, user.secret)), 24 * HOUR);
    expect((await app.mails(user.email))[0]?.subject).toBe('Too many wrong codes');
  });

  it('closes two-factor login after 20 wrong codes in 24 h, tells the owner once, and opens again', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const warnings = async (): Promise<number> =>
      (await app.mails(user.email)).filter(({ subject }) => subject === 'Too many wrong codes').length;
    for (let round = 0; round < 4; round += 1) {
      expect(await warnings()).toBe(0);
      await guessWrong(app, user, await tempTokenOf(app, user), 5);
      app.clock.advance(15 * MINUTE + 1);
    }
    expect(await warnings()).toBe(1);
    const tempToken = await tempTokenOf(app, user);
    for (const attempt of [verify, finish]) {
      const locked = await attempt(app, tempToken, totp(app, user.secret));
      expectLocked(locked, 23 * HOUR);
      expect(Number(locked.headers['retry-after'])).toBeGreaterThan(22 * HOUR);
    }
    app.clock.advance(22 * HOUR);
    expectLocked(await verify(app, await tempTokenOf(app, user), user.backupCodes[0] as string), HOUR);
    app.clock.advance(HOUR);
    await expectStatus(200, verify(app, await tempTokenOf(app, user), totp(app, user.secret)));
    expect(await warnings()).toBe(1);
  });
});
