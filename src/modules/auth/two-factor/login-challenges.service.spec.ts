import { AppError } from '@/platform/errors/index.js';
import { TestClock } from '@test/support/app/test-clock.js';
import type { TokenClaims, TokenKind, TokenSigner } from '../tokens/token-signer.js';
import type { EmailCodesService } from './codes/email-codes.service.js';
import type { EmailCode } from './codes/persistence/email-code.entity.js';
import { LoginChallengesService } from './login-challenges.service.js';
import type { ChallengePurpose, LoginChallenge } from './persistence/login-challenge.entity.js';
import type { LoginChallengeRepository } from './persistence/login-challenge.repository.js';

/** Challenges in memory, with the conditions of the SQL statements; a token is its claims as JSON. */
class Fixture {
  readonly clock = new TestClock();
  readonly rows = new Map<string, LoginChallenge>();
  readonly sentCodes: string[] = [];
  recentCode: EmailCode | undefined;

  constructor() {
    this.clock.freeze();
  }

  private readonly repository = {
    insert: async (row: LoginChallenge) => void this.rows.set(row.id, row),
    findActive: async (id: string, purpose: ChallengePurpose, now: Date) => {
      const row = this.rows.get(id);
      return row && row.purpose === purpose && !row.ended_at && row.expires_at > now ? row : undefined;
    },
    end: async (id: string, now: Date) => {
      const row = this.rows.get(id);
      if (!row || row.ended_at) return false;
      row.ended_at = now;
      return true;
    },
    endAll: async (userId: string, now: Date) => {
      for (const row of this.rows.values()) if (row.user_id === userId) row.ended_at ??= now;
    },
    resend: async ({ id, email_code_id }: LoginChallenge, codeId: string, _now: Date, max: number) => {
      const row = this.rows.get(id);
      if (!row || row.resends >= max || row.email_code_id !== email_code_id) return false;
      Object.assign(row, { resends: row.resends + 1, email_code_id: codeId });
      return true;
    },
  } as unknown as LoginChallengeRepository;

  private readonly emailCodes = {
    findRecent: async () => this.recentCode,
    sendNew: async () => `code-${this.sentCodes.push('new')}`,
    sendIfPossible: async () => `code-${this.sentCodes.push('unless recent')}`,
  } as unknown as EmailCodesService;

  readonly service = new LoginChallengesService(
    this.repository,
    this.emailCodes,
    {
      sign: (kind: TokenKind, claims: object, lifetime: number) =>
        JSON.stringify({ ...claims, kind, lifetime }),
      verify: (kind: TokenKind, token: string) => {
        const claims = JSON.parse(token) as TokenClaims & { kind: TokenKind };
        return claims.kind.typ === kind.typ ? claims : null;
      },
    } as unknown as TokenSigner,
    this.clock,
  );

  async create(purpose: ChallengePurpose = 'verify', method: 'totp' | 'email' | null = 'totp') {
    const token = await this.service.create('ada', purpose, method);
    return { token, challenge: await this.service.getByToken(token, purpose) };
  }
}

async function failure(action: Promise<unknown>): Promise<{ code: string; retryAfter?: number }> {
  try {
    await action;
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, retryAfter: error.retryAfter };
    throw error;
  }
  throw new Error('no error');
}

describe('LoginChallengesService', () => {
  let fixture: Fixture;

  beforeEach(() => {
    fixture = new Fixture();
  });

  it('sends a code only for e-mail codes', async () => {
    for (const method of ['totp', null] as const) await fixture.create('verify', method);
    expect(fixture.sentCodes).toEqual([]);
    const { challenge } = await fixture.create('verify', 'email');
    expect(challenge.email_code_id).toBe('code-1');
    expect(fixture.sentCodes).toEqual(['unless recent']);
  });

  it('accepts a token for its own purpose only', async () => {
    const verify = await fixture.create('verify');
    const setup = await fixture.create('setup', null);
    expect((await failure(fixture.service.getByToken(verify.token, 'setup'))).code).toBe('token_invalid');
    expect((await failure(fixture.service.getByToken(setup.token, 'verify'))).code).toBe('token_invalid');
  });

  it.each([
    { jti: undefined },
    { jti: 1 },
    { jti: 'unknown' },
    { purpose: undefined },
    { kind: { typ: 'at+jwt' } },
  ])('refuses a token with %j', async (change) => {
    const { token } = await fixture.create();
    const changed = JSON.stringify({ ...(JSON.parse(token) as object), ...change });
    expect((await failure(fixture.service.getByToken(changed, 'verify'))).code).toBe('token_invalid');
  });

  it('believes the row, not the token, about the end of the challenge', async () => {
    const { token } = await fixture.create();
    fixture.clock.advance(599.999);
    await fixture.service.getByToken(token, 'verify');
    fixture.clock.advance(0.001);
    expect((await failure(fixture.service.getByToken(token, 'verify'))).code).toBe('token_invalid');
  });

  it('can be finished once', async () => {
    const { challenge } = await fixture.create();
    await fixture.service.finish(challenge);
    expect((await failure(fixture.service.finish(challenge))).code).toBe('two_factor_code_invalid');
  });

  it('is ended with all others of the user', async () => {
    const first = await fixture.create();
    const second = await fixture.create('setup', null);
    await fixture.service.endAll('ada');
    expect((await failure(fixture.service.getByToken(first.token, 'verify'))).code).toBe('token_invalid');
    expect((await failure(fixture.service.getByToken(second.token, 'setup'))).code).toBe('token_invalid');
  });

  describe('resendCode', () => {
    it.each([
      [0, 60],
      [1, 59],
      [59, 1],
      [59.999, 1],
    ])('throws 429 %s seconds after the last code, with %i seconds to wait', async (age, wait) => {
      const { challenge } = await fixture.create('verify', 'email');
      fixture.recentCode = { created_at: fixture.clock.after(-age) } as EmailCode;
      const thrown = await failure(fixture.service.resendCode(challenge));
      expect(thrown).toEqual({ code: 'too_many_attempts', retryAfter: wait });
    });

    it('sends five codes for a challenge, and then throws until the challenge expires', async () => {
      const { token } = await fixture.create('verify', 'email');
      for (let count = 1; count <= 5; count += 1) {
        const challenge = await fixture.service.getByToken(token, 'verify');
        await fixture.service.resendCode({ ...challenge });
      }
      fixture.clock.advance(100);
      const challenge = await fixture.service.getByToken(token, 'verify');
      expect(challenge).toMatchObject({ resends: 5, email_code_id: 'code-6' });
      expect(await failure(fixture.service.resendCode(challenge))).toEqual({
        code: 'too_many_attempts',
        retryAfter: 500,
      });
      expect(fixture.sentCodes).toHaveLength(6);
    });

    it('throws 429 when a concurrent request replaced the code first', async () => {
      const { challenge } = await fixture.create('verify', 'email');
      const stale = { ...challenge };
      await fixture.service.resendCode({ ...challenge });
      expect(await failure(fixture.service.resendCode(stale))).toEqual({
        code: 'too_many_attempts',
        retryAfter: 60,
      });
    });
  });
});
