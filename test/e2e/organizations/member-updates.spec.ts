import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { enableTwoFactor, expectStatus } from '@test/support/auth/given-users.js';
import {
  addOrganizationMember,
  storedAuditEvents,
  givenOwnerWithId,
  givenMember,
  givenUserWithId,
  type UserWithId,
  statusAndCode,
  type Role,
  storedRoles,
  inParallel,
  UNKNOWN_ID,
} from '@test/support/organizations/given-organizations.js';

describe('the comprehensive update of a member', () => {
  let app: TestApp;
  let owner: UserWithId;
  let firstOrganizationId: string;
  let secondOrganizationId: string;
  let target: UserWithId;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  beforeEach(async () => {
    const founder = await givenOwnerWithId(app);
    owner = founder;
    firstOrganizationId = founder.organizationId;
    const request = { name: 'The other one' };
    const other = await expectStatus(
      201,
      app.post('/api/organizations', request, { token: owner.accessToken }),
    );
    secondOrganizationId = other.body.id as string;
    target = await givenMember(app, { organizationId: firstOrganizationId, by: owner });
  });

  const updateMember = (
    body: object,
    { by = owner, at = firstOrganizationId, id = target.id } = {},
  ): Promise<TestResponse> =>
    app.call('PUT', `/api/organizations/${at}/members/${id}`, { token: by.accessToken, body });
  const createTeam = async (
    name: string,
    organizationId = firstOrganizationId,
  ): Promise<{ id: string; name: string }> => {
    const url = `/api/organizations/${organizationId}/teams`;
    const { body } = await expectStatus(201, app.post(url, { name }, { token: owner.accessToken }));
    return { id: body.id, name };
  };
  const getRole = async (organizationId: string, id = target.id): Promise<Role | undefined> =>
    (await storedRoles(app, organizationId))[id];
  const listAuditActions = async (organizationId: string): Promise<string[]> =>
    (await storedAuditEvents(app, organizationId)).map(({ action }) => action);

  it('changes nothing when nothing is named, and writes nothing down', async () => {
    const before = await listAuditActions(firstOrganizationId);
    const { body } = await expectStatus(200, updateMember({}));
    expect(body).toMatchObject({
      user_id: target.id,
      role: 'member',
      organization_id: firstOrganizationId,
      team_id: null,
    });
    await expectStatus(200, updateMember(body));
    expect(await listAuditActions(firstOrganizationId)).toEqual(before);
  });

  it.each([
    ['user_id', UNKNOWN_ID],
    ['username', 'somebody-else'],
    ['email', 'else@example.com'],
    ['joined_at', '2020-01-01T00:00:00.000Z'],
    ['teams', [{ id: UNKNOWN_ID, name: 'x' }]],
  ])('keeps %s', async (field, value) => {
    const refused = await updateMember({ role: 'admin', [field]: value });
    expect(statusAndCode(refused)).toEqual([400, 'field_read_only']);
    expect(await getRole(firstOrganizationId)).toBe('member');
  });

  describe('of the team', () => {
    it('puts the member into one team and out of the others', async () => {
      const [one, two] = [await createTeam('One'), await createTeam('Two')];
      const first = await expectStatus(200, updateMember({ team_id: one.id }));
      expect(first.body).toMatchObject({ team_id: one.id, teams: [one] });
      const second = await expectStatus(200, updateMember({ team_id: two.id.toUpperCase() }));
      expect(second.body).toMatchObject({ team_id: two.id, teams: [two] });
      const none = await expectStatus(200, updateMember({ team_id: null }));
      expect(none.body).toMatchObject({ team_id: null, teams: [] });
      const changes = (await listAuditActions(firstOrganizationId)).filter((action) =>
        action.startsWith('team.member'),
      );
      expect(changes.sort()).toEqual([
        'team.member_added',
        'team.member_added',
        'team.member_removed',
        'team.member_removed',
      ]);
    });

    it('keeps several teams for a client that sends back what it read', async () => {
      const [one, two] = [await createTeam('One'), await createTeam('Two')];
      const url = `/api/organizations/${firstOrganizationId}/teams`;
      for (const { id } of [one, two]) {
        app.clock.advance(1);
        const place = `${url}/${id}/members/${target.id}`;
        await expectStatus(200, app.call('PUT', place, { token: owner.accessToken }));
      }
      const read = (await expectStatus(200, updateMember({}))).body;
      expect(read).toMatchObject({ team_id: one.id, teams: [one, two] });
      const sent = await expectStatus(200, updateMember({ ...read, role: 'admin' }));
      expect(sent.body).toEqual({ ...read, role: 'admin' });
    });

    it.each(['unknown', 'of another organization'])(
      'refuses one that is %s, and the role with it',
      async (what) => {
        const id = what === 'unknown' ? UNKNOWN_ID : (await createTeam('Elsewhere', secondOrganizationId)).id;
        expect(statusAndCode(await updateMember({ role: 'admin', team_id: id }))).toEqual([
          404,
          'team_not_found',
        ]);
        expect(await getRole(firstOrganizationId)).toBe('member');
      },
    );

    it('refuses a malformed one', async () => {
      expect(statusAndCode(await updateMember({ team_id: 'Berlin' }))).toEqual([400, 'validation_failed']);
    });
  });

  describe('to another organization', () => {
    it('moves the member with role and team, and tells both logs', async () => {
      await updateMember({ team_id: (await createTeam('Old')).id });
      const goal = await createTeam('New', secondOrganizationId);
      const before = {
        here: await listAuditActions(firstOrganizationId),
        there: await listAuditActions(secondOrganizationId),
      };
      const { body } = await expectStatus(
        200,
        updateMember({ organization_id: secondOrganizationId, role: 'team_manager', team_id: goal.id }),
      );
      expect(body).toMatchObject({
        organization_id: secondOrganizationId,
        role: 'team_manager',
        team_id: goal.id,
        teams: [goal],
      });
      expect([await getRole(firstOrganizationId), await getRole(secondOrganizationId)]).toEqual([
        undefined,
        'team_manager',
      ]);
      expect(
        await app.sql('SELECT 1 FROM team_members WHERE organization_id = $1', [firstOrganizationId]),
      ).toEqual([]);
      expect((await listAuditActions(firstOrganizationId)).slice(before.here.length)).toEqual([
        'member.moved_out',
      ]);
      expect((await listAuditActions(secondOrganizationId)).slice(before.there.length)).toEqual([
        'member.moved_in',
        'team.member_added',
      ]);
      const token = target.accessToken;
      await expectStatus(404, app.get(`/api/organizations/${firstOrganizationId}`, { token }));
      await expectStatus(200, app.get(`/api/organizations/${secondOrganizationId}`, { token }));
    });

    it('keeps the role when none is named, and leaves the old teams', async () => {
      await updateMember({ role: 'admin', team_id: (await createTeam('Old')).id });
      const { body } = await expectStatus(
        200,
        updateMember({ organization_id: secondOrganizationId.toUpperCase() }),
      );
      expect(body).toMatchObject({
        role: 'admin',
        organization_id: secondOrganizationId,
        team_id: null,
        teams: [],
      });
    });

    it('does not put the member into a team that stays behind', async () => {
      const { id } = await createTeam('Behind');
      expect(
        statusAndCode(await updateMember({ organization_id: secondOrganizationId, team_id: id })),
      ).toEqual([404, 'team_not_found']);
      expect([await getRole(firstOrganizationId), await getRole(secondOrganizationId)]).toEqual([
        'member',
        undefined,
      ]);
      expect(await listAuditActions(secondOrganizationId)).not.toContain('member.moved_in');
    });

    it('does not take a role that somebody has there already', async () => {
      await expectStatus(
        201,
        addOrganizationMember(
          app,
          { organizationId: secondOrganizationId, by: owner },
          { user_id: target.id },
        ),
      );
      expect(
        statusAndCode(await updateMember({ organization_id: secondOrganizationId, role: 'admin' })),
      ).toEqual([409, 'already_member']);
      expect([await getRole(firstOrganizationId), await getRole(secondOrganizationId)]).toEqual([
        'member',
        'member',
      ]);
    });

    it.each<[string, Role | 'nobody', Role | 'nobody', Role, [number, string]]>([
      ['an admin here who is nobody there', 'admin', 'nobody', 'member', [404, 'organization_not_found']],
      ['an admin here who is a member there', 'admin', 'member', 'member', [403, 'role_insufficient']],
      [
        'an admin here who manages teams there',
        'admin',
        'team_manager',
        'member',
        [403, 'role_insufficient'],
      ],
      ['an admin of both, as an equal', 'admin', 'admin', 'admin', [403, 'role_insufficient']],
      ['an owner here, admin there, as an equal', 'owner', 'admin', 'admin', [403, 'role_insufficient']],
      ['an owner here, admin there, as an owner', 'owner', 'admin', 'owner', [403, 'role_insufficient']],
      ['a member here who owns the goal', 'member', 'owner', 'member', [403, 'role_insufficient']],
      ['nobody here who owns the goal', 'nobody', 'owner', 'member', [404, 'organization_not_found']],
    ])('is not for %s', async (_who, roleHere, roleThere, role, expected) => {
      const targetUser = await givenUserWithId(app);
      const user_id = targetUser.id;
      if (roleHere !== 'nobody')
        await expectStatus(
          201,
          addOrganizationMember(
            app,
            { organizationId: firstOrganizationId, by: owner },
            { user_id, role: roleHere },
          ),
        );
      if (roleThere !== 'nobody')
        await expectStatus(
          201,
          addOrganizationMember(
            app,
            { organizationId: secondOrganizationId, by: owner },
            { user_id, role: roleThere },
          ),
        );
      expect(
        statusAndCode(
          await updateMember({ organization_id: secondOrganizationId, role }, { by: targetUser }),
        ),
      ).toEqual(expected);
      expect([await getRole(firstOrganizationId), await getRole(secondOrganizationId)]).toEqual([
        'member',
        undefined,
      ]);
    });

    it('is for an admin of both', async () => {
      const targetUser = await givenUserWithId(app);
      for (const organizationId of [firstOrganizationId, secondOrganizationId])
        await expectStatus(
          201,
          addOrganizationMember(
            app,
            { organizationId, by: owner },
            { user_id: targetUser.id, role: 'admin' },
          ),
        );
      await expectStatus(200, updateMember({ organization_id: secondOrganizationId }, { by: targetUser }));
      expect(await getRole(secondOrganizationId)).toBe('member');
    });

    it('is never for the last owner, and the goal knows nothing of the attempt', async () => {
      const user_id = (await givenUserWithId(app)).id;
      await expectStatus(
        201,
        addOrganizationMember(
          app,
          { organizationId: secondOrganizationId, by: owner },
          { user_id, role: 'owner' },
        ),
      );
      const url = `/api/organizations/${secondOrganizationId}/members/${owner.id}`;
      await expectStatus(204, app.delete(url, { token: owner.accessToken }));
      const targetUser = await givenMember(app, { organizationId: firstOrganizationId, by: owner }, 'admin');
      const refused = await updateMember({ role: 'member' }, { by: targetUser, id: owner.id });
      expect(statusAndCode(refused)).toEqual([403, 'role_insufficient']);
      const self = await updateMember({ organization_id: secondOrganizationId }, { id: owner.id });
      expect(statusAndCode(self)).toEqual([404, 'organization_not_found']);
      expect(await getRole(firstOrganizationId, owner.id)).toBe('owner');
    });

    it('is closed while the goal demands a second factor this session did not use', async () => {
      await app.sql('UPDATE organizations SET enforce_2fa = true WHERE id = $1', [secondOrganizationId]);
      expect(statusAndCode(await updateMember({ organization_id: secondOrganizationId }))).toEqual([
        403,
        'two_factor_required',
      ]);
      await enableTwoFactor(app, owner, 'totp');
      await expectStatus(200, updateMember({ organization_id: secondOrganizationId }));
    });

    it('never changes the home', async () => {
      await app.sql('UPDATE users SET home_organization_id = $1 WHERE id = $2', [
        firstOrganizationId,
        target.id,
      ]);
      await expectStatus(200, updateMember({ organization_id: secondOrganizationId }));
      const [row] = await app.sql('SELECT home_organization_id AS home FROM users WHERE id = $1', [
        target.id,
      ]);
      expect(row).toEqual({ home: firstOrganizationId });
    });

    it('does not wait for a move in the opposite direction: ten each way, all at once', async () => {
      const place = async (organizationId: string): Promise<UserWithId> =>
        givenMember(app, { organizationId, by: owner });
      const out = await inParallel(10, () => place(firstOrganizationId));
      const back = await inParallel(10, () => place(secondOrganizationId));
      const responses = await Promise.all([
        ...out.map(({ id }) => updateMember({ organization_id: secondOrganizationId }, { id })),
        ...back.map(({ id }) =>
          updateMember({ organization_id: firstOrganizationId }, { id, at: secondOrganizationId }),
        ),
      ]);
      expect(responses.map(({ status }) => status)).toEqual(Array(20).fill(200));
      const [inHere, inThere] = [
        await storedRoles(app, firstOrganizationId),
        await storedRoles(app, secondOrganizationId),
      ];
      for (const { id } of out) expect([inHere[id], inThere[id]]).toEqual([undefined, 'member']);
      for (const { id } of back) expect([inHere[id], inThere[id]]).toEqual(['member', undefined]);
    });

    it('happens once when it is asked for many times at once', async () => {
      const responses = await inParallel(10, () => updateMember({ organization_id: secondOrganizationId }));
      expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(responses.filter(({ status }) => status === 404)).toHaveLength(9);
      expect(
        (await listAuditActions(secondOrganizationId)).filter((action) => action === 'member.moved_in'),
      ).toHaveLength(1);
    });
  });
});
