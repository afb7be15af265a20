import type { UserOrganizationsService } from '@/modules/organizations/index.js';
import type { AccountsService } from '@/modules/users/index.js';
import type { ClientInfo } from '@/platform/access/actor.js';
import { AppError } from '@/platform/errors/index.js';
import { authErrors } from '../auth.errors.js';
import type { PasswordVerifier } from '../passwords/password-verifier.js';
import type { Session } from '../sessions/persistence/session.entity.js';
import type { TwoFactorMethod } from '../two-factor/codes/persistence/second-factor.entity.js';
import type { LoginChallengesService } from '../two-factor/login-challenges.service.js';
import type { SecondFactorsService } from '../two-factor/second-factors.service.js';
import type { LoginCompletionService } from './login-completion.service.js';
import { PasswordLoginService } from './password-login.service.js';

const CLIENT: ClientInfo = { ip: '203.0.113.7', network: '203.0.113.7', userAgent: 'test' };

/** An account and its organization, as the collaborators of the login see them. */
class Fixture {
  exists = true;
  isActive = true;
  passwordIsCorrect = true;
  hashAtLock = 'hash';
  factor: TwoFactorMethod | null = null;
  mustChangePassword = false;
  factorRequired = false;
  locked = false;
  readonly calls: string[] = [];

  private readonly accounts = {
    findCredentials: async () =>
      this.exists ? { id: 'ada', password_hash: 'hash', is_active: this.isActive } : undefined,
    withLockedAccount: async (_id: string, hash: string, work: () => Promise<unknown>) => {
      if (hash !== this.hashAtLock) return null;
      this.locked = true;
      return work().finally(() => (this.locked = false));
    },
  } as unknown as AccountsService;

  private readonly verifier = {
    verify: async () => {
      if (!this.exists || !this.passwordIsCorrect) throw authErrors.credentials_invalid();
      return { id: 'ada', password_hash: 'hash' };
    },
  } as unknown as PasswordVerifier;

  readonly service = new PasswordLoginService(
    this.accounts,
    this.verifier,
    { find: async () => this.factor && { method: this.factor } } as unknown as SecondFactorsService,
    {
      findSecondFactorRequirement: async () => ({ at_login: this.factorRequired }),
    } as unknown as UserOrganizationsService,
    {
      create: async (_id: string, purpose: string, method: string | null) => {
        this.record(`challenge ${purpose} ${method}`);
        return 'temp-token';
      },
    } as unknown as LoginChallengesService,
    {
      issueRequiredPasswordChange: async () =>
        this.mustChangePassword ? (this.record('reset token'), { resetToken: 'reset-token' }) : null,
      complete: async ({ refreshable }: { refreshable: boolean }) => {
        this.record(`session ${refreshable ? 'with' : 'without'} refresh token`);
        return { id: 'session' } as Session;
      },
    } as unknown as LoginCompletionService,
  );

  /** Notes what was written, and that the account was locked while it was written. */
  private record(call: string): void {
    this.calls.push(this.locked ? call : `${call} WITHOUT LOCK`);
  }

  async login(refreshable = true): Promise<string> {
    const input = { identifier: 'ada', password: 'x', client: CLIENT, refreshable };
    try {
      const result = await this.service.login(input);
      return 'session' in result ? 'session' : `${result.method} ${result.tempToken}`;
    } catch (error) {
      if (error instanceof AppError) return error.code;
      throw error;
    }
  }
}

describe('PasswordLoginService', () => {
  let fixture: Fixture;

  beforeEach(() => {
    fixture = new Fixture();
  });

  it.each([
    [true, 'session with refresh token'],
    [false, 'session without refresh token'],
  ])('opens a session (refreshable: %s)', async (refreshable, call) => {
    expect(await fixture.login(refreshable)).toBe('session');
    expect(fixture.calls).toEqual([call]);
  });

  it('reveals that an account is closed only after the correct password', async () => {
    fixture.isActive = false;
    expect(await fixture.login()).toBe('account_disabled');
    fixture.passwordIsCorrect = false;
    expect(await fixture.login()).toBe('credentials_invalid');
    expect(fixture.calls).toEqual([]);
  });

  it('gives the same error for an unknown account and a wrong password', async () => {
    fixture.passwordIsCorrect = false;
    expect(await fixture.login()).toBe('credentials_invalid');
    fixture.exists = false;
    expect(await fixture.login()).toBe('credentials_invalid');
  });

  it.each(['totp', 'email'] as const)('starts a challenge for a user with %s', async (method) => {
    fixture.factor = method;
    expect(await fixture.login()).toBe(`${method} temp-token`);
    expect(fixture.calls).toEqual([`challenge verify ${method}`]);
  });

  it('starts a setup when an organization requires a factor and the user has none', async () => {
    fixture.factorRequired = true;
    expect(await fixture.login()).toBe('null temp-token');
    expect(fixture.calls).toEqual(['challenge setup null']);
  });

  it('asks for the existing factor, not for a setup, when one is required', async () => {
    fixture.factorRequired = true;
    fixture.factor = 'totp';
    expect(await fixture.login()).toBe('totp temp-token');
  });

  it('requires a new password before a setup, but after an existing factor', async () => {
    fixture.mustChangePassword = true;
    fixture.factorRequired = true;
    expect(await fixture.login()).toBe('password_change_required');
    fixture.factor = 'totp';
    expect(await fixture.login()).toBe('totp temp-token');
    expect(fixture.calls).toEqual(['reset token', 'challenge verify totp']);
  });

  it('returns the reset token in the error', async () => {
    fixture.mustChangePassword = true;
    const input = { identifier: 'ada', password: 'x', client: CLIENT, refreshable: true };
    await expect(fixture.service.login(input)).rejects.toMatchObject({
      detail: { error: 'password_change_required', reset_token: 'reset-token' },
    });
  });

  it('refuses the login when the password was changed during the comparison', async () => {
    fixture.hashAtLock = 'another hash';
    expect(await fixture.login()).toBe('credentials_invalid');
    expect(fixture.calls).toEqual([]);
  });
});
