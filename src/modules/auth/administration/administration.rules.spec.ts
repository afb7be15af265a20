import fc from 'fast-check';
import { type Role, ROLES } from '@/modules/organizations/index.js';
import type { XcUserResponse } from '@/modules/users/index.js';
import type { OrganizationActor } from '@/platform/access/index.js';
import { AppError } from '@/platform/errors/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import {
  assertAccepted,
  assertHomeOrganization,
  assertNotAccepted,
  assertNotSelf,
  assertOutranks,
  changedRole,
  changedUserFields,
} from './administration.rules.js';
import type { UpdateUserRequest } from './dto/administration.requests.js';

const ORGANIZATION = '01970000-0000-7000-8000-000000000001' as OrganizationId;
const OTHER_ORGANIZATION = '01970000-0000-7000-8000-000000000002' as OrganizationId;

function actorWithRole(role: Role): OrganizationActor {
  return {
    via: 'session',
    userId: 'actor',
    sessionId: 'session',
    secondFactor: false,
    passwordAt: new Date(0),
    secondFactorAt: null,
    organization: { id: ORGANIZATION, role },
  };
}

function target(role: Role, id = 'target', home: OrganizationId | null = ORGANIZATION) {
  return { id, role, home_organization_id: home, accepted_at: new Date(0) };
}

function errorCode(action: () => void): string | null {
  try {
    action();
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

describe('assertAccepted', () => {
  it('refuses the credentials of an account that its user has not accepted', () => {
    expect(errorCode(() => assertAccepted(target('member')))).toBeNull();
    const unaccepted = { ...target('member'), accepted_at: null };
    expect(errorCode(() => assertAccepted(unaccepted))).toBe('not_home_organization');
  });
});

describe('assertNotAccepted', () => {
  it('refuses an account that its user has accepted', () => {
    expect(errorCode(() => assertNotAccepted(target('member')))).toBe('account_accepted');
    expect(errorCode(() => assertNotAccepted({ ...target('member'), accepted_at: null }))).toBeNull();
  });
});

describe('assertOutranks', () => {
  const ALLOWED: Readonly<Record<Role, readonly Role[]>> = {
    owner: ['owner', 'admin', 'team_manager', 'member'],
    admin: ['team_manager', 'member'],
    team_manager: ['member'],
    member: [],
  };

  it.each(ROLES)('lets a user with the role %s change exactly the roles of the table', (role) => {
    const changeable = ROLES.filter(
      (other) => errorCode(() => assertOutranks(actorWithRole(role), target(other))) === null,
    );
    expect(changeable).toEqual(ALLOWED[role]);
  });

  it('lets owners, and no other role, change themselves', () => {
    for (const role of ROLES) {
      const code = errorCode(() => assertOutranks(actorWithRole(role), target(role, 'actor')));
      expect([role, code]).toEqual([role, role === 'owner' ? null : 'role_insufficient']);
    }
  });

  it('decides by the present role of the target, even of the actor itself', () => {
    // The role was lowered while the request was on its way: the actor still claims a higher one.
    const code = errorCode(() => assertOutranks(actorWithRole('admin'), target('member', 'actor')));
    expect(code).toBe('role_insufficient');
  });
});

describe('assertHomeOrganization', () => {
  it.each([
    [ORGANIZATION, null],
    [OTHER_ORGANIZATION, 'not_home_organization'],
    [null, 'not_home_organization'],
  ])('for an account whose home is %s: %s', (home, expected) => {
    const account = target('member', 'target', home);
    expect(errorCode(() => assertHomeOrganization(actorWithRole('owner'), account))).toBe(expected);
  });
});

describe('assertNotSelf', () => {
  it('refuses the own account with the name of the field, whatever the role', () => {
    for (const role of ROLES) {
      const account = target(role, 'actor');
      expect(() => assertNotSelf(actorWithRole(role), account, 'email')).toThrow(
        expect.objectContaining({
          code: 'field_read_only',
          detail: expect.objectContaining({ field: 'email' }),
        }),
      );
    }
  });

  it('accepts another account', () => {
    expect(errorCode(() => assertNotSelf(actorWithRole('owner'), target('owner'), 'email'))).toBeNull();
  });
});

describe('changedRole', () => {
  it('is undefined without a role in the request', () => {
    for (const role of ROLES) expect(changedRole(role, undefined)).toBeUndefined();
  });

  it.each([
    ['owner', 'admin', undefined], // the XC API shows an owner as `admin`: sending that back changes nothing
    ['owner', 'member', 'member'],
    ['owner', 'owner', undefined],
    ['admin', 'owner', 'owner'],
    ['admin', 'admin', undefined],
    ['admin', 'team_manager', 'team_manager'],
    ['team_manager', 'member', undefined], // shown as `member`
    ['team_manager', 'admin', 'admin'],
    ['member', 'team_manager', 'team_manager'],
    ['member', 'member', undefined],
  ] as const)('from %s to %s: %s', (current, requested, expected) => {
    expect(changedRole(current, requested)).toBe(expected);
  });

  it('never returns the current role', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ROLES), fc.constantFrom(...ROLES), (current, requested) => {
        expect(changedRole(current, requested)).not.toBe(current);
      }),
    );
  });
});

describe('changedUserFields', () => {
  const CURRENT = {
    email: 'ada@example.com',
    first_name: 'Ada',
    last_name: '',
    phone_number: null,
    is_active: true,
  } as unknown as XcUserResponse;

  it.each([
    [{}, []],
    [{ email: 'ada@example.com' }, []],
    [{ email: 'eve@example.com' }, ['email']],
    [{ first_name: 'Ada' }, []],
    [{ first_name: 'ada' }, ['first_name']],
    [{ first_name: null }, ['first_name']],
    [{ first_name: '' }, ['first_name']],
    [{ last_name: null }, []], // null and the empty text are shown alike
    [{ last_name: '' }, []],
    [{ phone_number: '' }, []],
    [{ phone_number: '+49 30 1' }, ['phone_number']],
    [{ is_active: true }, []],
    [{ is_active: false }, ['is_active']],
    [{ role: 'admin' }, []], // a role belongs to the membership
    [{ current_password: 'x' }, []],
    [{ password: 'x' }, ['password']],
    [{ password: '' }, ['password']],
    [{ email: 'eve@example.com', password: 'x', is_active: false }, ['email', 'is_active', 'password']],
  ])('of %j are %j', (request, expected) => {
    expect(changedUserFields(request as UpdateUserRequest, CURRENT)).toEqual(expected);
  });

  it('are none when a client sends back what it was shown', () => {
    const { email, first_name, last_name, phone_number, is_active } = CURRENT;
    const request = { email, first_name, last_name, phone_number, is_active };
    expect(changedUserFields(request, CURRENT)).toEqual([]);
  });

  it('reopen a closed account', () => {
    expect(changedUserFields({ is_active: true }, { ...CURRENT, is_active: false })).toEqual(['is_active']);
    expect(changedUserFields({ is_active: false }, { ...CURRENT, is_active: false })).toEqual([]);
  });
});
