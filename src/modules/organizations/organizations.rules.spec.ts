import fc from 'fast-check';
import {
  canGrantRole,
  canManageRole,
  deriveSlug,
  isAdministrator,
  PERMISSIONS,
  type Permission,
  roleHasPermission,
  type Role,
  ROLES,
  SLUG_PATTERN,
  toXcRole,
} from './organizations.rules.js';

const ACTIONS = Object.keys(PERMISSIONS) as Permission[];
const anyRole = fc.constantFrom(...ROLES);

describe('the permission table', () => {
  it('grants every permission to owners', () => {
    expect(ACTIONS.filter((action) => !roleHasPermission('owner', action))).toEqual([]);
  });

  it('grants nothing to a role that is denied to a higher role', () => {
    for (const action of ACTIONS) {
      const granted = ROLES.map((role) => roleHasPermission(role, action));
      expect([action, granted]).toEqual([action, [...granted].sort((a, b) => Number(b) - Number(a))]);
    }
  });

  it('lists the roles of each permission from the highest to the lowest', () => {
    for (const action of ACTIONS)
      expect(PERMISSIONS[action]).toEqual(ROLES.filter((role) => roleHasPermission(role, action)));
  });

  it('grants members only what changes nothing for other members', () => {
    expect(ACTIONS.filter((action) => roleHasPermission('member', action))).toEqual([
      'organization.read',
      'members.read',
      'members.leave',
      'teams.read',
      'access.explain',
      'api_keys.create',
      'integration_tokens.verify',
    ]);
  });

  it('grants a team manager only what concerns teams more than a member', () => {
    const onlyTeamManager = ACTIONS.filter(
      (action) => roleHasPermission('team_manager', action) && !roleHasPermission('member', action),
    );
    expect(onlyTeamManager).toEqual([
      'team_members.manage',
      'documents.share',
      'documents.manage',
      'reviews.decide',
      'statistics.read',
    ]);
  });

  it('denies an admin only the deletion of the organization', () => {
    expect(ACTIONS.filter((action) => !roleHasPermission('admin', action))).toEqual(['organization.delete']);
  });
});

describe('canManageRole', () => {
  it.each<[Role, Role[]]>([
    ['owner', ['owner', 'admin', 'team_manager', 'member']],
    ['admin', ['team_manager', 'member']],
    ['team_manager', ['member']],
    ['member', []],
  ])('lets %s manage %j', (role, managed) => {
    expect(ROLES.filter((target) => canManageRole(role, target))).toEqual(managed);
  });

  it('is never mutual, except between owners', () => {
    fc.assert(
      fc.property(anyRole, anyRole, (a, b) => {
        if (canManageRole(a, b) && canManageRole(b, a)) expect([a, b]).toEqual(['owner', 'owner']);
      }),
    );
  });

  it('is transitive', () => {
    fc.assert(
      fc.property(anyRole, anyRole, anyRole, (a, b, c) => {
        if (canManageRole(a, b) && canManageRole(b, c)) expect(canManageRole(a, c)).toBe(true);
      }),
    );
  });
});

describe('canGrantRole', () => {
  it.each<[Role, Role[]]>([
    ['owner', ['owner', 'admin', 'team_manager', 'member']],
    ['admin', ['admin', 'team_manager', 'member']],
    ['team_manager', ['team_manager', 'member']],
    ['member', ['member']],
  ])('lets %s grant %j', (role, granted) => {
    expect(ROLES.filter((candidate) => canGrantRole(role, candidate))).toEqual(granted);
  });

  it('includes every role that the granting role manages', () => {
    fc.assert(
      fc.property(anyRole, anyRole, (role, other) => {
        if (canManageRole(role, other)) expect(canGrantRole(role, other)).toBe(true);
      }),
    );
  });
});

describe('administrators', () => {
  it('are owners and admins', () => {
    expect(ROLES.filter(isAdministrator)).toEqual(['owner', 'admin']);
  });

  it('are the admins of the XC API; every other user is a member', () => {
    expect(ROLES.map(toXcRole)).toEqual(['admin', 'admin', 'member', 'member']);
    expect(toXcRole(null)).toBe('member');
  });
});

describe('deriveSlug', () => {
  it.each([
    ['Acme Learning', 'acme-learning'],
    ['  Ça va, Zoë?  ', 'ca-va-zoe'],
    ['a_b.c/d', 'a-b-c-d'],
    ['---', 'organization'],
    ['', 'organization'],
    ['学校', 'organization'],
    ['🏫', 'organization'],
    ['Ⅳ２０２６ ﬁrma', 'iv2026-firma'],
    ['ℌello', 'hello'],
    ['ÅÄÖ', 'aao'],
    ['100% Ümlaut!!', '100-umlaut'],
    ['İstanbul', 'istanbul'],
  ])('turns %j into %s', (name, slug) => {
    expect(deriveSlug(name)).toBe(slug);
  });

  it('keeps 48 characters and never ends with a dash', () => {
    expect(deriveSlug('a'.repeat(200))).toBe('a'.repeat(48));
    expect(deriveSlug(`${'a'.repeat(47)} b`)).toBe('a'.repeat(47));
    expect(deriveSlug(`${'a'.repeat(46)} bc`)).toBe(`${'a'.repeat(46)}-b`);
  });

  it('appends the suffix after the shortened name', () => {
    expect(deriveSlug('a'.repeat(200), '123456')).toBe(`${'a'.repeat(48)}-123456`);
    expect(deriveSlug('学校', '000000')).toBe('organization-000000');
  });

  it('always returns a valid slug of at most 64 characters', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc.constantFrom('', '123456'),
        (name, suffix) => {
          const slug = deriveSlug(name, suffix);
          expect(slug).toMatch(SLUG_PATTERN);
          expect(slug.length).toBeLessThanOrEqual(64);
        },
      ),
    );
  });

  it('returns a slug unchanged', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,4}$/), (slug) => {
        expect(deriveSlug(slug)).toBe(slug);
      }),
    );
  });
});

describe('SLUG_PATTERN', () => {
  it.each(['a', '0', 'acme', 'acme-learning', 'a-b-c', '1-2'])('accepts %j', (slug) => {
    expect(slug).toMatch(SLUG_PATTERN);
  });

  it.each(['', '-', '-a', 'a-', 'a--b', 'A', 'a_b', 'a b', 'ä', 'a\n', 'a\u0000'])('rejects %j', (slug) => {
    expect(slug).not.toMatch(SLUG_PATTERN);
  });
});
