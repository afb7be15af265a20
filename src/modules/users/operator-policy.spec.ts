import type { Config } from '@/platform/config/index.js';
import { OperatorPolicy } from './operator-policy.js';
import type { User } from './persistence/user.entity.js';
import type { UserRepository } from './persistence/user.repository.js';

const VERIFIED_AT = new Date('2026-01-01T00:00:00Z');

type OperatorFacts = Parameters<OperatorPolicy['isOperator']>[0];

function user(facts: Partial<OperatorFacts> = {}): OperatorFacts {
  return { email: 'ada@example.com', email_verified_at: null, is_first: false, ...facts };
}

function givenPolicy(
  config: Partial<Pick<Config, 'adminEmails' | 'production'>> = {},
  found: OperatorFacts | null = null,
): OperatorPolicy {
  const settings: Pick<Config, 'adminEmails' | 'production'> = {
    adminEmails: ['ada@example.com'],
    production: true,
    ...config,
  };
  const users: Pick<UserRepository, 'find'> = { find: () => Promise.resolve(found as User | null) };
  return new OperatorPolicy(settings as Config, users as UserRepository);
}

describe('OperatorPolicy.isOperator', () => {
  it('accepts a listed address only after it was verified', () => {
    expect(givenPolicy().isOperator(user({ email_verified_at: VERIFIED_AT }))).toBe(true);
    expect(givenPolicy().isOperator(user())).toBe(false);
  });

  it.each(['eve@example.com', 'ada@example.com.evil.test', 'ADA@example.com', '', 'ada'])(
    'does not accept the verified address %j, which is not listed',
    (email) => {
      expect(givenPolicy().isOperator(user({ email, email_verified_at: VERIFIED_AT }))).toBe(false);
    },
  );

  it('accepts the first account outside production, even with an unverified address', () => {
    const first = user({ email: 'first@example.com', is_first: true });
    expect(givenPolicy({ production: false }).isOperator(first)).toBe(true);
    expect(givenPolicy({ production: true }).isOperator(first)).toBe(false);
  });

  it('accepts no account in production when no address is listed', () => {
    const policy = givenPolicy({ adminEmails: [] });
    expect(policy.isOperator(user({ is_first: true, email_verified_at: VERIFIED_AT }))).toBe(false);
  });
});

describe('OperatorPolicy.authorize', () => {
  const actor = {
    via: 'session',
    userId: 'user',
    sessionId: 'session',
    secondFactor: true,
    passwordAt: VERIFIED_AT,
    secondFactorAt: VERIFIED_AT,
  } as const;

  it('passes an operator', async () => {
    const policy = givenPolicy({}, user({ email_verified_at: VERIFIED_AT }));
    await expect(policy.authorize(actor)).resolves.toBeUndefined();
  });

  it.each([
    ['another user', user()],
    ['a deleted account', null],
  ])('refuses %s with 403', async (_, found) => {
    await expect(givenPolicy({}, found).authorize(actor)).rejects.toMatchObject({
      status: 403,
      code: 'operator_required',
    });
  });
});
