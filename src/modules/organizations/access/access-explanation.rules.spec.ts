import fc from 'fast-check';
import {
  canManageRole,
  PERMISSIONS,
  type Permission,
  roleHasPermission,
  ROLES,
} from '../organizations.rules.js';
import { type AccessRuleInput, evaluateRules } from './access-explanation.rules.js';
import type { AccessFacts } from './persistence/access-explanation.repository.js';

const ACTIONS = Object.keys(PERMISSIONS) as Permission[];

const FACTS: AccessFacts = {
  role: 'admin',
  is_active: true,
  has_second_factor: false,
  enforce_2fa: false,
  target_role: null,
  target_is_last_owner: false,
};

function evaluate(
  facts: Partial<AccessFacts>,
  input: Partial<Omit<AccessRuleInput, 'facts'>> = {},
): ReturnType<typeof evaluateRules> {
  return evaluateRules({
    action: 'members.read',
    target: 'none',
    sessionHasSecondFactor: null,
    ...input,
    facts: { ...FACTS, ...facts },
  });
}

/** The name of the failed rule, or `allowed`. */
function decide(...args: Parameters<typeof evaluate>): string {
  return evaluate(...args).find(({ passed }) => !passed)?.rule ?? 'allowed';
}

describe('the order of the rules', () => {
  it('evaluates membership and role for a plain action of an active member', () => {
    expect(evaluate({}).map(({ rule }) => rule)).toEqual(['membership', 'role']);
  });

  it('evaluates every rule that applies when all of them pass', () => {
    const rules = evaluate(
      { role: 'owner', enforce_2fa: true, target_role: 'owner' },
      { action: 'members.remove', target: 'other', sessionHasSecondFactor: true },
    );
    expect(rules.map(({ rule, passed }) => [rule, passed])).toEqual([
      ['membership', true],
      ['second_factor', true],
      ['role', true],
      ['target', true],
    ]);
  });

  it.each<[string, Partial<AccessFacts>]>([
    ['membership', { role: null, is_active: false, enforce_2fa: true }],
    ['account', { is_active: false, enforce_2fa: true, role: 'member' }],
    ['second_factor', { enforce_2fa: true, role: 'member' }],
    ['role', { role: 'member', target_role: 'owner', target_is_last_owner: true }],
    ['target', { role: 'admin', target_role: 'owner', target_is_last_owner: true }],
    ['last_owner', { role: 'owner', target_role: 'owner', target_is_last_owner: true }],
  ])('stops at %s although later rules would fail as well', (rule, facts) => {
    const evaluated = evaluate(facts, { action: 'members.remove', target: 'other' });
    expect(evaluated[evaluated.length - 1]).toMatchObject({ rule, passed: false });
    expect(evaluated.filter(({ passed }) => !passed)).toHaveLength(1);
  });
});

describe('membership and account', () => {
  it('names the role of a member', () => {
    expect(evaluate({ role: 'team_manager' })[0]).toMatchObject({
      passed: true,
      message: 'The user is a member with the role team_manager.',
    });
  });

  it('tells an outsider how to become a member', () => {
    expect(evaluate({ role: null })).toEqual([
      {
        rule: 'membership',
        passed: false,
        message: 'The user is not a member of this organization.',
        remedy: 'An owner or admin must add or invite the user.',
      },
    ]);
  });

  it('mentions the account only when it is deactivated', () => {
    expect(evaluate({}).map(({ rule }) => rule)).not.toContain('account');
    expect(decide({ is_active: false })).toBe('account');
  });
});

describe('second factor', () => {
  it.each<[string, boolean | null, boolean, string]>([
    ['a session that used one', true, false, 'allowed'],
    ['a session that did not use one, although the user has one', false, true, 'second_factor'],
    ['a session of a user without one', false, false, 'second_factor'],
    ['another user who has one', null, true, 'allowed'],
    ['another user who has none', null, false, 'second_factor'],
  ])('%s: session %s, enrolled %s gives %s', (_, sessionHasSecondFactor, has_second_factor, result) => {
    expect(decide({ enforce_2fa: true, has_second_factor }, { sessionHasSecondFactor })).toBe(result);
  });

  it('is not checked when the organization does not require one', () => {
    expect(evaluate({}, { sessionHasSecondFactor: false }).map(({ rule }) => rule)).not.toContain(
      'second_factor',
    );
  });

  it('is not required for leaving', () => {
    expect(decide({ enforce_2fa: true, role: 'member' }, { action: 'members.leave', target: 'self' })).toBe(
      'allowed',
    );
  });

  it('suggests a step-up only to a user who has a second factor', () => {
    const remedyOf = (has_second_factor: boolean): string | undefined =>
      evaluate({ enforce_2fa: true, has_second_factor }, { sessionHasSecondFactor: false }).at(-1)?.remedy;
    expect(remedyOf(true)).toContain('POST /api/v1/auth/step-up');
    expect(remedyOf(false)).toBe('The user must set up two-factor authentication.');
  });
});

describe('role', () => {
  it('agrees with the permission table for every role and every action without a target', () => {
    for (const action of ACTIONS) {
      for (const role of ROLES) {
        expect([action, role, decide({ role }, { action })]).toEqual([
          action,
          role,
          roleHasPermission(role, action) ? 'allowed' : 'role',
        ]);
      }
    }
  });

  it('names the lowest role that would be enough, and who may assign it', () => {
    expect(evaluate({ role: 'member' }, { action: 'members.remove' }).at(-1)).toEqual({
      rule: 'role',
      passed: false,
      message: 'members.remove requires one of the roles owner, admin; the user has the role member.',
      remedy: 'An owner, or a member with a role above admin, must give them the role admin.',
    });
    expect(evaluate({ role: 'admin' }, { action: 'organization.delete' }).at(-1)?.remedy).toBe(
      'An owner must give them the role owner.',
    );
  });
});

describe('target', () => {
  const TARGET_ACTIONS = ['members.update', 'members.remove', 'users.manage'] as const;

  it('follows canManageRole for every pair of roles', () => {
    for (const action of TARGET_ACTIONS) {
      for (const role of ROLES.filter((candidate) => roleHasPermission(candidate, action))) {
        for (const target_role of ROLES) {
          expect(decide({ role, target_role }, { action, target: 'other' })).toBe(
            canManageRole(role, target_role) ? 'allowed' : 'target',
          );
        }
      }
    }
  });

  it('must be a member', () => {
    expect(evaluate({ role: 'owner' }, { action: 'members.update', target: 'other' }).at(-1)).toMatchObject({
      rule: 'target',
      passed: false,
      message: 'The target user is not a member of this organization.',
    });
  });

  it('is ignored by actions that have no target', () => {
    expect(decide({ role: 'member' }, { action: 'teams.read', target: 'other' })).toBe('allowed');
  });

  it('lets a team manager add themself to a team, but not another team manager', () => {
    const facts = { role: 'team_manager', target_role: 'team_manager' } as const;
    expect(decide(facts, { action: 'team_members.manage', target: 'self' })).toBe('allowed');
    expect(decide(facts, { action: 'team_members.manage', target: 'other' })).toBe('target');
  });

  it('does not let an admin update themself', () => {
    const facts = { role: 'admin', target_role: 'admin' } as const;
    expect(decide(facts, { action: 'members.update', target: 'self' })).toBe('target');
  });
});

describe('last owner', () => {
  it.each<[Permission, AccessRuleInput['target'], string]>([
    ['members.leave', 'self', 'last_owner'],
    ['members.update', 'other', 'last_owner'],
    ['members.remove', 'other', 'last_owner'],
    ['users.manage', 'other', 'last_owner'],
    ['team_members.manage', 'other', 'allowed'],
    ['members.remove', 'none', 'allowed'],
    ['organization.delete', 'other', 'allowed'],
  ])('%s with the target %s gives %s', (action, target, result) => {
    const facts = { role: 'owner', target_role: 'owner', target_is_last_owner: true } as const;
    expect(decide(facts, { action, target })).toBe(result);
  });

  it('lets an owner leave while there is another one', () => {
    const facts = { role: 'owner', target_role: 'owner', target_is_last_owner: false } as const;
    expect(decide(facts, { action: 'members.leave', target: 'self' })).toBe('allowed');
  });
});

const anyInput: fc.Arbitrary<AccessRuleInput> = fc.record({
  action: fc.constantFrom(...ACTIONS),
  target: fc.constantFrom('none', 'self', 'other'),
  sessionHasSecondFactor: fc.constantFrom(true, false, null),
  facts: fc.record({
    role: fc.constantFrom(...ROLES, null),
    is_active: fc.boolean(),
    has_second_factor: fc.boolean(),
    enforce_2fa: fc.boolean(),
    target_role: fc.constantFrom(...ROLES, null),
    target_is_last_owner: fc.boolean(),
  }),
});

describe('for every input', () => {
  it('at most one rule fails, it is the last one, and each rule has a message and a remedy', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const evaluated = evaluateRules(input);
        expect(evaluated[0]?.rule).toBe('membership');
        expect(evaluated.slice(0, -1).every(({ passed }) => passed)).toBe(true);
        expect(new Set(evaluated.map(({ rule }) => rule)).size).toBe(evaluated.length);
        for (const { message, remedy } of evaluated) {
          expect(message).toMatch(/\.$/);
          expect(remedy).toMatch(/^[A-Z].*[.a-z-]$/);
          expect(`${message}${remedy}`).not.toMatch(/null|undefined/);
        }
      }),
    );
  });

  it('never allows what the permission table forbids', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const allowed = evaluateRules(input).every(({ passed }) => passed);
        const { role, is_active } = input.facts;
        if (allowed) expect(role !== null && is_active && roleHasPermission(role, input.action)).toBe(true);
      }),
    );
  });
});
