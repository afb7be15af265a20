import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  addOrganizationMember,
  storedAuditEvents,
  type OrganizationFixture,
  givenOrganization,
  givenUserWithId,
  type UserWithId,
  type Role,
  ROLES,
  storedRoles,
} from '@test/support/organizations/given-organizations.js';

/** Which roles each role may add, change, remove and assign. */
const MANAGEABLE_ROLES: Record<Role, Role[]> = {
  owner: ['owner', 'admin', 'team_manager', 'member'],
  admin: ['team_manager', 'member'],
  team_manager: [],
  member: [],
};
const ASSIGNABLE_ROLES: Record<Role, Role[]> = {
  owner: ['owner', 'admin', 'team_manager', 'member'],
  admin: ['admin', 'team_manager', 'member'],
  team_manager: [],
  member: [],
};

const ACTOR_TARGET_PAIRS = ROLES.flatMap((actor) => ROLES.map((target) => [actor, target] as const));
const ACTOR_TARGET_ROLE_TRIPLES = ACTOR_TARGET_PAIRS.flatMap((pair) =>
  ROLES.map((role) => [...pair, role] as const),
);

describe('roles', () => {
  let app: TestApp;
  let fixture: OrganizationFixture;
  let url: string;
  let target: UserWithId;

  beforeAll(async () => {
    app = await TestApp.start();
    fixture = await givenOrganization(app);
    target = await givenUserWithId(app);
    url = `/api/organizations/${fixture.organizationId}/members`;
  });
  afterAll(() => app.stop());

  const removeTarget = (by: UserWithId): Promise<TestResponse> =>
    app.delete(`${url}/${target.id}`, { token: by.accessToken });
  const addTarget = (by: UserWithId, role: Role): Promise<TestResponse> =>
    addOrganizationMember(app, { organizationId: fixture.organizationId, by }, { user_id: target.id, role });
  const getRole = async (id: string): Promise<Role | undefined> =>
    (await storedRoles(app, fixture.organizationId))[id];
  const ensureNotMember = async (): Promise<void> => {
    if (await getRole(target.id)) await expectStatus(204, removeTarget(fixture.owner));
  };
  const ensureMember = async (role: Role): Promise<void> => {
    await ensureNotMember();
    await expectStatus(201, addTarget(fixture.owner, role));
  };
  const countAuditEvents = async (): Promise<number> =>
    (await storedAuditEvents(app, fixture.organizationId)).length;

  it.each(ACTOR_TARGET_PAIRS)('%s adds a member with the role %s', async (actor, role) => {
    await ensureNotMember();
    const before = await countAuditEvents();
    const response = await addTarget(fixture[actor], role);
    const allowed = MANAGEABLE_ROLES[actor].includes(role);
    if (allowed) expect([response.status, response.body.role]).toEqual([201, role]);
    else expect(statusAndCode(response)).toEqual([403, 'role_insufficient']);
    expect(await getRole(target.id)).toBe(allowed ? role : undefined);
    expect((await countAuditEvents()) - before).toBe(allowed ? 1 : 0);
  });

  it.each(ACTOR_TARGET_PAIRS)('%s removes a member with the role %s', async (actor, role) => {
    await ensureMember(role);
    const before = await countAuditEvents();
    const response = await removeTarget(fixture[actor]);
    const allowed = MANAGEABLE_ROLES[actor].includes(role);
    if (allowed) expect(response.status).toBe(204);
    else expect(statusAndCode(response)).toEqual([403, 'role_insufficient']);
    expect(await getRole(target.id)).toBe(allowed ? undefined : role);
    expect((await countAuditEvents()) - before).toBe(allowed ? 1 : 0);
  });

  describe.each(['PATCH', 'PUT'])('with %s', (method) => {
    const changeRole = (by: UserWithId, id: string, role: Role): Promise<TestResponse> =>
      app.call(method, `${url}/${id}`, { token: by.accessToken, body: { role } });

    it.each(ACTOR_TARGET_ROLE_TRIPLES)('%s changes the role %s to %s', async (actor, from, to) => {
      await ensureMember(from);
      const before = await countAuditEvents();
      const response = await changeRole(fixture[actor], target.id, to);
      const allowed = MANAGEABLE_ROLES[actor].includes(from) && ASSIGNABLE_ROLES[actor].includes(to);
      if (allowed) expect([response.status, response.body.role]).toEqual([200, to]);
      else expect(statusAndCode(response)).toEqual([403, 'role_insufficient']);
      expect(await getRole(target.id)).toBe(allowed ? to : from);
      expect((await countAuditEvents()) - before).toBe(allowed && from !== to ? 1 : 0);
    });

    it.each(['admin', 'team_manager', 'member'] as const)('%s cannot raise their own role', async (role) => {
      const response = await changeRole(fixture[role], fixture[role].id, 'owner');
      expect(statusAndCode(response)).toEqual([403, 'role_insufficient']);
      expect(await getRole(fixture[role].id)).toBe(role);
    });

    it('the last owner cannot give up the role; one of two owners can', async () => {
      await ensureNotMember();
      expect(statusAndCode(await changeRole(fixture.owner, fixture.owner.id, 'admin'))).toEqual([
        409,
        'last_owner',
      ]);
      await ensureMember('owner');
      await expectStatus(200, changeRole(fixture.owner, fixture.owner.id, 'admin'));
      await expectStatus(200, changeRole(target, fixture.owner.id, 'owner'));
      await ensureNotMember();
    });

    it('an actor without permission over the last owner gets role_insufficient, not last_owner', async () => {
      await ensureNotMember();
      for (const role of ['admin', 'team_manager', 'member'] as const)
        expect(statusAndCode(await changeRole(fixture[role], fixture.owner.id, 'member'))).toEqual([
          403,
          'role_insufficient',
        ]);
      expect(await getRole(fixture.owner.id)).toBe('owner');
    });

    it('an unknown role is refused', async () => {
      await ensureMember('member');
      const refused = await changeRole(fixture.owner, target.id, 'superuser' as Role);
      expect(statusAndCode(refused)).toEqual([400, 'validation_failed']);
    });
  });

  it.each(['admin', 'team_manager', 'member'] as const)('%s cannot remove the last owner', async (role) => {
    await ensureNotMember();
    const response = await app.delete(`${url}/${fixture.owner.id}`, { token: fixture[role].accessToken });
    expect(statusAndCode(response)).toEqual([403, 'role_insufficient']);
    expect(await getRole(fixture.owner.id)).toBe('owner');
  });

  it('an owner with a deactivated account does not count as another owner', async () => {
    await ensureMember('owner');
    await app.sql('UPDATE users SET is_active = false WHERE id = $1', [target.id]);
    try {
      const { owner } = fixture;
      const leave = await app.delete(`${url}/${owner.id}`, { token: owner.accessToken });
      expect(statusAndCode(leave)).toEqual([409, 'last_owner']);
    } finally {
      await app.sql('UPDATE users SET is_active = true WHERE id = $1', [target.id]);
    }
  });

  it('a lower role applies to existing sessions at once', async () => {
    await ensureMember('admin');
    const teams = `/api/organizations/${fixture.organizationId}/teams`;
    await expectStatus(201, app.post(teams, { name: 'Before' }, { token: target.accessToken }));
    await expectStatus(
      200,
      app.patch(`${url}/${target.id}`, { role: 'member' }, { token: fixture.owner.accessToken }),
    );
    const late = await app.post(teams, { name: 'After' }, { token: target.accessToken });
    expect(statusAndCode(late)).toEqual([403, 'role_insufficient']);
  });
});
