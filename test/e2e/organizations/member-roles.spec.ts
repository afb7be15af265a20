import { type Answer, TestApp } from '@test/support/app/test-app.js';
import { expectStatus } from '@test/support/auth/given-users.js';
import {
  addTo,
  auditRows,
  type Cast,
  givenCast,
  givenPerson,
  type Person,
  refusal,
  type Role,
  ROLES,
  rolesIn,
} from '@test/support/organizations/given-organizations.js';

/** Whom each role may add, change and remove, and what it may make of them. */
const BELOW: Record<Role, Role[]> = {
  owner: ['owner', 'admin', 'team_manager', 'member'],
  admin: ['team_manager', 'member'],
  team_manager: [],
  member: [],
};
const GRANTS: Record<Role, Role[]> = {
  owner: ['owner', 'admin', 'team_manager', 'member'],
  admin: ['admin', 'team_manager', 'member'],
  team_manager: [],
  member: [],
};

const PAIRS = ROLES.flatMap((actor) => ROLES.map((target) => [actor, target] as const));
const TRIPLES = PAIRS.flatMap((pair) => ROLES.map((role) => [...pair, role] as const));

describe('roles', () => {
  let app: TestApp;
  let cast: Cast;
  let url: string;
  let target: Person;

  beforeAll(async () => {
    app = await TestApp.start();
    cast = await givenCast(app);
    target = await givenPerson(app);
    url = `/api/organizations/${cast.organizationId}/members`;
  });
  afterAll(() => app.stop());

  const removeTarget = (by: Person): Promise<Answer> =>
    app.delete(`${url}/${target.id}`, { token: by.accessToken });
  const add = (by: Person, role: Role): Promise<Answer> =>
    addTo(app, { organizationId: cast.organizationId, by }, { user_id: target.id, role });
  const roleOf = async (id: string): Promise<Role | undefined> =>
    (await rolesIn(app, cast.organizationId))[id];
  const outside = async (): Promise<void> => {
    if (await roleOf(target.id)) await expectStatus(204, removeTarget(cast.owner));
  };
  const inside = async (role: Role): Promise<void> => {
    await outside();
    await expectStatus(201, add(cast.owner, role));
  };
  const audited = async (): Promise<number> => (await auditRows(app, cast.organizationId)).length;

  it.each(PAIRS)('%s adds somebody as %s', async (actor, role) => {
    await outside();
    const before = await audited();
    const answer = await add(cast[actor], role);
    const allowed = BELOW[actor].includes(role);
    if (allowed) expect([answer.status, answer.body.role]).toEqual([201, role]);
    else expect(refusal(answer)).toEqual([403, 'role_insufficient']);
    expect(await roleOf(target.id)).toBe(allowed ? role : undefined);
    expect((await audited()) - before).toBe(allowed ? 1 : 0);
  });

  it.each(PAIRS)('%s removes a %s', async (actor, role) => {
    await inside(role);
    const before = await audited();
    const answer = await removeTarget(cast[actor]);
    const allowed = BELOW[actor].includes(role);
    if (allowed) expect(answer.status).toBe(204);
    else expect(refusal(answer)).toEqual([403, 'role_insufficient']);
    expect(await roleOf(target.id)).toBe(allowed ? undefined : role);
    expect((await audited()) - before).toBe(allowed ? 1 : 0);
  });

  describe.each(['PATCH', 'PUT'])('with %s', (method) => {
    const change = (by: Person, id: string, role: Role): Promise<Answer> =>
      app.call(method, `${url}/${id}`, { token: by.accessToken, body: { role } });

    it.each(TRIPLES)('%s makes a %s into %s', async (actor, from, to) => {
      await inside(from);
      const before = await audited();
      const answer = await change(cast[actor], target.id, to);
      const allowed = BELOW[actor].includes(from) && GRANTS[actor].includes(to);
      if (allowed) expect([answer.status, answer.body.role]).toEqual([200, to]);
      else expect(refusal(answer)).toEqual([403, 'role_insufficient']);
      expect(await roleOf(target.id)).toBe(allowed ? to : from);
      expect((await audited()) - before).toBe(allowed && from !== to ? 1 : 0);
    });

    it.each(['admin', 'team_manager', 'member'] as const)('%s does not raise themself', async (role) => {
      const answer = await change(cast[role], cast[role].id, 'owner');
      expect(refusal(answer)).toEqual([403, 'role_insufficient']);
      expect(await roleOf(cast[role].id)).toBe(role);
    });

    it('the last owner does not step down, and another one may', async () => {
      await outside();
      expect(refusal(await change(cast.owner, cast.owner.id, 'admin'))).toEqual([409, 'last_owner']);
      await inside('owner');
      await expectStatus(200, change(cast.owner, cast.owner.id, 'admin'));
      await expectStatus(200, change(target, cast.owner.id, 'owner'));
      await outside();
    });

    it('whoever may not touch the last owner hears of their role, not of the last owner', async () => {
      await outside();
      for (const role of ['admin', 'team_manager', 'member'] as const)
        expect(refusal(await change(cast[role], cast.owner.id, 'member'))).toEqual([
          403,
          'role_insufficient',
        ]);
      expect(await roleOf(cast.owner.id)).toBe('owner');
    });

    it('a role that does not exist is refused', async () => {
      await inside('member');
      const refused = await change(cast.owner, target.id, 'superuser' as Role);
      expect(refusal(refused)).toEqual([400, 'validation_failed']);
    });
  });

  it.each(['admin', 'team_manager', 'member'] as const)('%s does not remove the last owner', async (role) => {
    await outside();
    const answer = await app.delete(`${url}/${cast.owner.id}`, { token: cast[role].accessToken });
    expect(refusal(answer)).toEqual([403, 'role_insufficient']);
    expect(await roleOf(cast.owner.id)).toBe('owner');
  });

  it('an owner whose account is closed does not count as another owner', async () => {
    await inside('owner');
    await app.sql('UPDATE users SET is_active = false WHERE id = $1', [target.id]);
    try {
      const { owner } = cast;
      const leave = await app.delete(`${url}/${owner.id}`, { token: owner.accessToken });
      expect(refusal(leave)).toEqual([409, 'last_owner']);
    } finally {
      await app.sql('UPDATE users SET is_active = true WHERE id = $1', [target.id]);
    }
  });

  it('a demotion holds for the session that is running', async () => {
    await inside('admin');
    const teams = `/api/organizations/${cast.organizationId}/teams`;
    await expectStatus(201, app.post(teams, { name: 'Before' }, { token: target.accessToken }));
    await expectStatus(
      200,
      app.patch(`${url}/${target.id}`, { role: 'member' }, { token: cast.owner.accessToken }),
    );
    const late = await app.post(teams, { name: 'After' }, { token: target.accessToken });
    expect(refusal(late)).toEqual([403, 'role_insufficient']);
  });
});
