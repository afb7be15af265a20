import type { ApiKeyActor, SessionActor } from '@/platform/access/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { type Owner, toOwner } from './owner.js';
import { forOwner, ownerParameters, scopeToOwner } from './persistence/owner-scope.js';

const ORGANIZATION_ID = '0190a1b2-0000-7000-8000-000000000001' as OrganizationId;
const OTHER_ID = '0190a1b2-0000-7000-8000-000000000002' as OrganizationId;

const session: SessionActor = {
  via: 'session',
  userId: 'user',
  sessionId: 'session',
  secondFactor: false,
  passwordAt: new Date(0),
  secondFactorAt: null,
};
const key: ApiKeyActor = {
  via: 'api_key',
  userId: 'user',
  keyId: 'key',
  organizationId: ORGANIZATION_ID,
  scopes: [],
  secondFactor: true,
};

describe('toOwner', () => {
  it('leaves the organization of a session open, even on a route of one organization', () => {
    const actor = { ...session, organization: { id: OTHER_ID, role: 'owner' as const } };
    expect(toOwner(actor)).toEqual({
      userId: 'user',
      organizationId: null,
      keyId: null,
      hasSecondFactor: false,
    });
  });

  it('limits an API key to its own organization', () => {
    const actor = { ...key, organization: { id: OTHER_ID, role: 'owner' as const } };
    expect(toOwner(actor)).toEqual({
      userId: 'user',
      organizationId: ORGANIZATION_ID,
      keyId: 'key',
      hasSecondFactor: true,
    });
  });

  it('copies the second factor', () => {
    expect(toOwner({ ...session, secondFactor: true }).hasSecondFactor).toBe(true);
    expect(toOwner({ ...key, secondFactor: false }).hasSecondFactor).toBe(false);
  });
});

describe('a statement scoped to its owner', () => {
  const statement = scopeToOwner(
    'notes.find',
    'n',
    (condition) => `SELECT FROM notes n WHERE (${condition}) AND n.id = $3`,
  );
  const sessionOwner = toOwner(session);
  const keyOwner = toOwner(key);

  it('has one prepared name for each form', () => {
    expect(forOwner(statement, sessionOwner).name).toBe('notes.find');
    expect(forOwner(statement, keyOwner).name).toBe('notes.find.key');
  });

  it.each<[string, Owner]>([
    ['a session', sessionOwner],
    ['an API key', keyOwner],
  ])('restricts rows to the owner and uses both parameters for %s', (_, owner) => {
    const { text } = forOwner(statement, owner);
    expect(text).toContain('n.owner_id = $1');
    expect(text).toContain('$2');
    expect(text).not.toContain('$4');
    expect(text).toMatch(/AND n\.id = \$3$/);
  });

  it('compares the organization of an API key exactly', () => {
    expect(forOwner(statement, keyOwner).text).toContain('n.organization_id = $2');
    expect(ownerParameters(keyOwner)).toEqual(['user', ORGANIZATION_ID]);
  });

  it('requires membership of a session, and the second factor where the organization requires it', () => {
    const { text } = forOwner(statement, sessionOwner);
    expect(text).toContain('n.organization_id IS NULL OR EXISTS');
    expect(text).toContain('own_m.user_id = $1');
    expect(text).toContain('NOT own_o.enforce_2fa OR $2::boolean');
    expect(ownerParameters(sessionOwner)).toEqual(['user', false]);
    expect(ownerParameters(toOwner({ ...session, secondFactor: true }))).toEqual(['user', true]);
  });

  it('never passes the second factor of an API key as its organization', () => {
    for (const secondFactor of [true, false])
      expect(ownerParameters(toOwner({ ...key, secondFactor }))[1]).toBe(ORGANIZATION_ID);
  });

  it('uses the alias of the caller everywhere', () => {
    const { text } = scopeToOwner('x', 'alias_1', (condition) => condition).session;
    expect(text.match(/alias_1\.\w+/g)).toEqual([
      'alias_1.owner_id',
      'alias_1.organization_id',
      'alias_1.organization_id',
    ]);
  });
});
