import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { expectStatus, getNextUrl, listAllPages, statusAndCode } from '@test/support/http/responses.js';
import {
  type OrganizationFixture,
  givenOrganization,
  givenOwnerWithId,
  givenMember,
  UNRESOLVABLE_IDS,
  type UserWithId,
  type Role,
  ROLES,
  inParallel,
  UNKNOWN_ID,
} from '@test/support/organizations/given-organizations.js';

describe('teams', () => {
  let app: TestApp;
  let fixture: OrganizationFixture;
  let url: string;
  let count = 0;

  beforeAll(async () => {
    app = await TestApp.start();
    fixture = await givenOrganization(app);
    url = `/api/organizations/${fixture.organizationId}/teams`;
  });
  afterAll(() => app.stop());

  const requestCreate = (body: object, by = fixture.owner): Promise<TestResponse> =>
    app.post(url, body, { token: by.accessToken });
  const createTeam = async (name = `Team ${(count += 1)}`): Promise<string> =>
    (await expectStatus(201, requestCreate({ name }))).body.id as string;
  const addToTeam = (teamId: string, userId: string, by = fixture.owner): Promise<TestResponse> =>
    app.call('PUT', `${url}/${teamId}/members/${userId}`, { token: by.accessToken });
  const removeFromTeam = (teamId: string, userId: string, by = fixture.owner): Promise<TestResponse> =>
    app.delete(`${url}/${teamId}/members/${userId}`, { token: by.accessToken });
  const listTeamMembers = async (teamId: string): Promise<string[]> => {
    const list = `/api/organizations/${fixture.organizationId}/members?team_id=${teamId}`;
    const { body } = await expectStatus(200, app.get(list, { token: fixture.member.accessToken }));
    return (body as { user_id: string }[]).map(({ user_id }) => user_id);
  };

  it('are created, changed, listed and deleted', async () => {
    const { body } = await expectStatus(201, requestCreate({ name: ' Berlin ', description: 'North' }));
    expect(body).toEqual({
      id: expect.any(String),
      organization_id: fixture.organizationId,
      name: 'Berlin',
      description: 'North',
      member_count: 0,
      created_at: expect.stringMatching(/Z$/),
      updated_at: body.created_at,
    });
    const one = `${url}/${body.id}`;
    const token = fixture.admin.accessToken;
    const changed = await expectStatus(200, app.patch(one, { ...body, description: null }, { token }));
    expect(changed.body).toMatchObject({ name: 'Berlin', description: null });
    expect((await expectStatus(200, app.get(url, { token: fixture.member.accessToken }))).body[0]).toEqual(
      changed.body,
    );
    await addToTeam(body.id, fixture.member.id);
    expect((await expectStatus(204, app.delete(one, { token }))).text).toBe('');
    expect(statusAndCode(await app.delete(one, { token }))).toEqual([404, 'team_not_found']);
    const members = `/api/organizations/${fixture.organizationId}/members`;
    const rows = (await app.get(members, { token })).body as { user_id: string; teams: unknown[] }[];
    expect(rows.find(({ user_id }) => user_id === fixture.member.id)?.teams).toEqual([]);
  });

  it('are listed newest first, each on exactly one page', async () => {
    const own = await givenOwnerWithId(app);
    const list = `/api/organizations/${own.organizationId}/teams`;
    const ids: string[] = [];
    for (let index = 0; index < 23; index += 1) {
      const made = app.post(list, { name: `P ${index}` }, { token: own.accessToken });
      ids.unshift((await expectStatus(201, made)).body.id);
    }
    const first = await expectStatus(200, app.get(list, { token: own.accessToken }));
    expect([first.body.length, getNextUrl(first)]).toEqual([20, expect.stringContaining('cursor=')]);
    const { rows } = await listAllPages<{ id: string }>(app, `${list}?limit=7`, own.accessToken);
    expect(rows.map(({ id }) => id)).toEqual(ids);
  });

  describe('have unique names', () => {
    it.each([
      ['the same name', 'Harbour', 'Harbour'],
      ['a name in other upper and lower case', 'Airport', 'aIRPORT'],
      ['a name with spaces around it', 'Station', '  Station '],
      ['an umlaut in upper case', 'Zürich', 'ZÜRICH'],
      ['a Greek word in upper case', 'αθήνα', 'ΑΘΉΝΑ'],
    ])('and reject %s', async (_what, first, second) => {
      await expectStatus(201, requestCreate({ name: first }));
      expect(statusAndCode(await requestCreate({ name: second }))).toEqual([409, 'team_name_taken']);
      const id = await createTeam();
      const token = fixture.owner.accessToken;
      const renamed = await app.patch(`${url}/${id}`, { name: second }, { token });
      expect(statusAndCode(renamed)).toEqual([409, 'team_name_taken']);
    });

    it('that allow a change of case, the same name in another organization, and reuse after deletion', async () => {
      const id = await createTeam('Old Town');
      const token = fixture.owner.accessToken;
      const upperCaseName = await expectStatus(
        200,
        app.patch(`${url}/${id}`, { name: 'OLD TOWN' }, { token }),
      );
      expect(upperCaseName.body.name).toBe('OLD TOWN');
      const other = await givenOwnerWithId(app);
      const elsewhere = `/api/organizations/${other.organizationId}/teams`;
      await expectStatus(201, app.post(elsewhere, { name: 'Old Town' }, { token: other.accessToken }));
      await expectStatus(204, app.delete(`${url}/${id}`, { token }));
      await createTeam('Old Town');
    });

    it('also for ten concurrent requests', async () => {
      const responses = await inParallel(10, (index) => requestCreate({ name: index % 2 ? 'Rush' : 'RUSH' }));
      expect(responses.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(9).fill(409)]);
    });
  });

  it.each([
    ['no name', {}, 'name'],
    ['a blank name', { name: ' ' }, 'name'],
    ['a name of 81 characters', { name: 'n'.repeat(81) }, 'name'],
    ['an organization in the body', { name: 'N', organization_id: UNKNOWN_ID }, 'organization_id'],
  ])('cannot be created with %s', async (_what, body, path) => {
    const refused = await expectStatus(400, requestCreate(body));
    expect(refused.body.detail.fields[0].path).toBe(path);
  });

  it.each(['id', 'organization_id', 'member_count', 'created_at', 'updated_at'])(
    'reject a change of %s',
    async (field) => {
      const token = fixture.owner.accessToken;
      const refused = await app.patch(
        `${url}/${await createTeam()}`,
        { name: 'X', [field]: 'changed' },
        { token },
      );
      expect(statusAndCode(refused)).toEqual([400, 'field_read_only']);
    },
  );

  it.each(['team_manager', 'member'] as const)(
    'cannot be created, changed or deleted by a %s',
    async (role) => {
      const id = await createTeam();
      const token = fixture[role].accessToken;
      const responses = [
        await requestCreate({ name: 'Mine' }, fixture[role]),
        await app.patch(`${url}/${id}`, { name: 'Mine' }, { token }),
        await app.delete(`${url}/${id}`, { token }),
      ];
      for (const response of responses) expect(statusAndCode(response)).toEqual([403, 'role_insufficient']);
    },
  );

  it.each(ROLES)('are shown to the %s', async (role) => {
    await expectStatus(200, app.get(url, { token: fixture[role].accessToken }));
  });

  describe('members', () => {
    it('are added idempotently and removed; a second removal answers 404', async () => {
      const id = await createTeam();
      for (let times = 0; times < 2; times += 1) {
        const { body } = await expectStatus(200, addToTeam(id, fixture.member.id));
        expect(body).toMatchObject({ user_id: fixture.member.id, teams: [{ id }] });
      }
      expect(await listTeamMembers(id)).toEqual([fixture.member.id]);
      await expectStatus(204, removeFromTeam(id, fixture.member.id));
      expect(statusAndCode(await removeFromTeam(id, fixture.member.id))).toEqual([404, 'member_not_found']);
      expect(await listTeamMembers(id)).toEqual([]);
    });

    it('must belong to the organization', async () => {
      const stranger = await givenOwnerWithId(app);
      for (const id of [fixture.outsider.id, stranger.id, ...UNRESOLVABLE_IDS])
        expect(statusAndCode(await addToTeam(await createTeam(), id))).toEqual([404, 'member_not_found']);
    });

    it('cannot be added to a team of another organization', async () => {
      const other = await givenOwnerWithId(app);
      const elsewhere = `/api/organizations/${other.organizationId}/teams`;
      const made = app.post(elsewhere, { name: 'Far' }, { token: other.accessToken });
      const foreign = (await expectStatus(201, made)).body.id as string;
      const token = fixture.owner.accessToken;
      for (const id of [foreign, ...UNRESOLVABLE_IDS]) {
        expect(statusAndCode(await addToTeam(id, fixture.member.id))).toEqual([404, 'team_not_found']);
        expect(statusAndCode(await removeFromTeam(id, fixture.member.id))).toEqual([404, 'team_not_found']);
        expect(statusAndCode(await app.patch(`${url}/${id}`, { name: 'X' }, { token }))).toEqual([
          404,
          'team_not_found',
        ]);
        expect(statusAndCode(await app.delete(`${url}/${id}`, { token }))).toEqual([404, 'team_not_found']);
      }
      expect(await listTeamMembers(foreign)).toEqual([]);
    });

    it('leave the team when they leave the organization', async () => {
      const id = await createTeam();
      const at = { organizationId: fixture.organizationId, by: fixture.owner };
      const person = await givenMember(app, at);
      await expectStatus(200, addToTeam(id, person.id));
      const member = `/api/organizations/${fixture.organizationId}/members/${person.id}`;
      await expectStatus(204, app.delete(member, { token: person.accessToken }));
      expect(await listTeamMembers(id)).toEqual([]);
    });
  });

  describe('team managers', () => {
    let managedTeamId: string;
    let otherTeamId: string;

    beforeAll(async () => {
      managedTeamId = await createTeam('Managed');
      otherTeamId = await createTeam('Unmanaged');
      await expectStatus(200, addToTeam(managedTeamId, fixture.team_manager.id));
    });

    it('add and remove members of their teams', async () => {
      await expectStatus(200, addToTeam(managedTeamId, fixture.member.id, fixture.team_manager));
      await expectStatus(204, removeFromTeam(managedTeamId, fixture.member.id, fixture.team_manager));
    });

    it('cannot change a team to which they do not belong, even for themselves', async () => {
      await expectStatus(200, addToTeam(otherTeamId, fixture.member.id));
      const { team_manager: manager, member } = fixture;
      for (const response of [
        await addToTeam(otherTeamId, manager.id, manager),
        await addToTeam(otherTeamId, member.id, manager),
        await removeFromTeam(otherTeamId, member.id, manager),
      ])
        expect(statusAndCode(response)).toEqual([403, 'role_insufficient']);
      expect(await listTeamMembers(otherTeamId)).toEqual([member.id]);
    });

    const MANAGEABLE_ROLES: Record<Role, Role[]> = {
      owner: ['owner', 'admin', 'team_manager', 'member'],
      admin: ['team_manager', 'member'],
      team_manager: ['member'],
      member: [],
    };
    it.each(ROLES.flatMap((actor) => ROLES.map((target) => [actor, target] as const)))(
      'follow the order of roles: %s adds and removes a %s',
      async (actor, role) => {
        const target: UserWithId = await givenMember(
          app,
          { organizationId: fixture.organizationId, by: fixture.owner },
          role,
        );
        const allowed = MANAGEABLE_ROLES[actor].includes(role);
        const entered = await addToTeam(managedTeamId, target.id, fixture[actor]);
        if (allowed) expect(entered.status).toBe(200);
        else expect(statusAndCode(entered)).toEqual([403, 'role_insufficient']);
        await expectStatus(200, addToTeam(managedTeamId, target.id));
        const left = await removeFromTeam(managedTeamId, target.id, fixture[actor]);
        if (allowed) expect(left.status).toBe(204);
        else expect(statusAndCode(left)).toEqual([403, 'role_insufficient']);
        expect((await listTeamMembers(managedTeamId)).includes(target.id)).toBe(!allowed);
      },
    );

    it('may leave their team and then no longer manage it', async () => {
      await expectStatus(204, removeFromTeam(managedTeamId, fixture.team_manager.id, fixture.team_manager));
      const late = await addToTeam(managedTeamId, fixture.member.id, fixture.team_manager);
      expect(statusAndCode(late)).toEqual([403, 'role_insufficient']);
    });
  });
});
