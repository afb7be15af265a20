import { type Answer, TestApp } from '@test/support/app/test-app.js';
import { expectStatus } from '@test/support/auth/given-users.js';
import {
  type Cast,
  givenCast,
  givenFounder,
  givenMemberOf,
  NO_IDS,
  nextOf,
  type Person,
  refusal,
  type Role,
  ROLES,
  together,
  UNKNOWN_ID,
  walk,
} from '@test/support/organizations/given-organizations.js';

describe('teams', () => {
  let app: TestApp;
  let cast: Cast;
  let url: string;
  let count = 0;

  beforeAll(async () => {
    app = await TestApp.start();
    cast = await givenCast(app);
    url = `/api/organizations/${cast.organizationId}/teams`;
  });
  afterAll(() => app.stop());

  const create = (body: object, by = cast.owner): Promise<Answer> =>
    app.post(url, body, { token: by.accessToken });
  const team = async (name = `Team ${(count += 1)}`): Promise<string> =>
    (await expectStatus(201, create({ name }))).body.id as string;
  const put = (teamId: string, userId: string, by = cast.owner): Promise<Answer> =>
    app.call('PUT', `${url}/${teamId}/members/${userId}`, { token: by.accessToken });
  const take = (teamId: string, userId: string, by = cast.owner): Promise<Answer> =>
    app.delete(`${url}/${teamId}/members/${userId}`, { token: by.accessToken });
  const membersOf = async (teamId: string): Promise<string[]> => {
    const list = `/api/organizations/${cast.organizationId}/members?team_id=${teamId}`;
    const { body } = await expectStatus(200, app.get(list, { token: cast.member.accessToken }));
    return (body as { user_id: string }[]).map(({ user_id }) => user_id);
  };

  it('are created, changed, listed and deleted', async () => {
    const { body } = await expectStatus(201, create({ name: ' Berlin ', description: 'North' }));
    expect(body).toEqual({
      id: expect.any(String),
      organization_id: cast.organizationId,
      name: 'Berlin',
      description: 'North',
      member_count: 0,
      created_at: expect.stringMatching(/Z$/),
      updated_at: body.created_at,
    });
    const one = `${url}/${body.id}`;
    const token = cast.admin.accessToken;
    const changed = await expectStatus(200, app.patch(one, { ...body, description: null }, { token }));
    expect(changed.body).toMatchObject({ name: 'Berlin', description: null });
    expect((await expectStatus(200, app.get(url, { token: cast.member.accessToken }))).body[0]).toEqual(
      changed.body,
    );
    await put(body.id, cast.member.id);
    expect((await expectStatus(204, app.delete(one, { token }))).text).toBe('');
    expect(refusal(await app.delete(one, { token }))).toEqual([404, 'team_not_found']);
    const members = `/api/organizations/${cast.organizationId}/members`;
    const rows = (await app.get(members, { token })).body as { user_id: string; teams: unknown[] }[];
    expect(rows.find(({ user_id }) => user_id === cast.member.id)?.teams).toEqual([]);
  });

  it('are listed newest first, each on one page', async () => {
    const own = await givenFounder(app);
    const list = `/api/organizations/${own.organizationId}/teams`;
    const ids: string[] = [];
    for (let index = 0; index < 23; index += 1) {
      const made = app.post(list, { name: `P ${index}` }, { token: own.accessToken });
      ids.unshift((await expectStatus(201, made)).body.id);
    }
    const first = await expectStatus(200, app.get(list, { token: own.accessToken }));
    expect([first.body.length, nextOf(first)]).toEqual([20, expect.stringContaining('cursor=')]);
    const { rows } = await walk<{ id: string }>(app, `${list}?limit=7`, own.accessToken);
    expect(rows.map(({ id }) => id)).toEqual(ids);
  });

  describe('have one name each', () => {
    it.each([
      ['the same', 'Harbour', 'Harbour'],
      ['other letters of it in capitals', 'Airport', 'aIRPORT'],
      ['blanks around it', 'Station', '  Station '],
      ['an umlaut in capitals', 'Zürich', 'ZÜRICH'],
      ['a Greek word in capitals', 'αθήνα', 'ΑΘΉΝΑ'],
    ])('which is taken by %s', async (_what, first, second) => {
      await expectStatus(201, create({ name: first }));
      expect(refusal(await create({ name: second }))).toEqual([409, 'team_name_taken']);
      const id = await team();
      const token = cast.owner.accessToken;
      const renamed = await app.patch(`${url}/${id}`, { name: second }, { token });
      expect(refusal(renamed)).toEqual([409, 'team_name_taken']);
    });

    it('which they may write otherwise themselves, and which is free elsewhere and after them', async () => {
      const id = await team('Old Town');
      const token = cast.owner.accessToken;
      const shouted = await expectStatus(200, app.patch(`${url}/${id}`, { name: 'OLD TOWN' }, { token }));
      expect(shouted.body.name).toBe('OLD TOWN');
      const other = await givenFounder(app);
      const elsewhere = `/api/organizations/${other.organizationId}/teams`;
      await expectStatus(201, app.post(elsewhere, { name: 'Old Town' }, { token: other.accessToken }));
      await expectStatus(204, app.delete(`${url}/${id}`, { token }));
      await team('Old Town');
    });

    it('also when ten are made at once', async () => {
      const answers = await together(10, (index) => create({ name: index % 2 ? 'Rush' : 'RUSH' }));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(9).fill(409)]);
    });
  });

  it.each([
    ['no name', {}, 'name'],
    ['a blank name', { name: ' ' }, 'name'],
    ['a name of 81 characters', { name: 'n'.repeat(81) }, 'name'],
    ['an organization in the body', { name: 'N', organization_id: UNKNOWN_ID }, 'organization_id'],
  ])('are not created with %s', async (_what, body, path) => {
    const refused = await expectStatus(400, create(body));
    expect(refused.body.detail.fields[0].path).toBe(path);
  });

  it.each(['id', 'organization_id', 'member_count', 'created_at', 'updated_at'])(
    'keep their %s',
    async (field) => {
      const token = cast.owner.accessToken;
      const refused = await app.patch(`${url}/${await team()}`, { name: 'X', [field]: 'changed' }, { token });
      expect(refusal(refused)).toEqual([400, 'field_read_only']);
    },
  );

  it.each(['team_manager', 'member'] as const)('are made, changed and deleted by no %s', async (role) => {
    const id = await team();
    const token = cast[role].accessToken;
    const answers = [
      await create({ name: 'Mine' }, cast[role]),
      await app.patch(`${url}/${id}`, { name: 'Mine' }, { token }),
      await app.delete(`${url}/${id}`, { token }),
    ];
    for (const answer of answers) expect(refusal(answer)).toEqual([403, 'role_insufficient']);
  });

  it.each(ROLES)('are seen by the %s', async (role) => {
    await expectStatus(200, app.get(url, { token: cast[role].accessToken }));
  });

  describe('have members', () => {
    it('who are put in and taken out; twice in is once, twice out is 404', async () => {
      const id = await team();
      for (let times = 0; times < 2; times += 1) {
        const { body } = await expectStatus(200, put(id, cast.member.id));
        expect(body).toMatchObject({ user_id: cast.member.id, teams: [{ id }] });
      }
      expect(await membersOf(id)).toEqual([cast.member.id]);
      await expectStatus(204, take(id, cast.member.id));
      expect(refusal(await take(id, cast.member.id))).toEqual([404, 'member_not_found']);
      expect(await membersOf(id)).toEqual([]);
    });

    it('of their own organization only', async () => {
      const stranger = await givenFounder(app);
      for (const id of [cast.outsider.id, stranger.id, ...NO_IDS])
        expect(refusal(await put(await team(), id))).toEqual([404, 'member_not_found']);
    });

    it('of this team only: one of another organization does not exist here', async () => {
      const other = await givenFounder(app);
      const elsewhere = `/api/organizations/${other.organizationId}/teams`;
      const made = app.post(elsewhere, { name: 'Far' }, { token: other.accessToken });
      const foreign = (await expectStatus(201, made)).body.id as string;
      const token = cast.owner.accessToken;
      for (const id of [foreign, ...NO_IDS]) {
        expect(refusal(await put(id, cast.member.id))).toEqual([404, 'team_not_found']);
        expect(refusal(await take(id, cast.member.id))).toEqual([404, 'team_not_found']);
        expect(refusal(await app.patch(`${url}/${id}`, { name: 'X' }, { token }))).toEqual([
          404,
          'team_not_found',
        ]);
        expect(refusal(await app.delete(`${url}/${id}`, { token }))).toEqual([404, 'team_not_found']);
      }
      expect(await membersOf(foreign)).toEqual([]);
    });

    it('who leave the team with the organization', async () => {
      const id = await team();
      const at = { organizationId: cast.organizationId, by: cast.owner };
      const person = await givenMemberOf(app, at);
      await expectStatus(200, put(id, person.id));
      const member = `/api/organizations/${cast.organizationId}/members/${person.id}`;
      await expectStatus(204, app.delete(member, { token: person.accessToken }));
      expect(await membersOf(id)).toEqual([]);
    });
  });

  describe('have managers', () => {
    let managed: string;
    let unmanaged: string;

    beforeAll(async () => {
      managed = await team('Managed');
      unmanaged = await team('Unmanaged');
      await expectStatus(200, put(managed, cast.team_manager.id));
    });

    it('who put members in and take them out', async () => {
      await expectStatus(200, put(managed, cast.member.id, cast.team_manager));
      await expectStatus(204, take(managed, cast.member.id, cast.team_manager));
    });

    it('who do neither in a team they are not in, not for themselves either', async () => {
      await expectStatus(200, put(unmanaged, cast.member.id));
      const { team_manager: manager, member } = cast;
      for (const answer of [
        await put(unmanaged, manager.id, manager),
        await put(unmanaged, member.id, manager),
        await take(unmanaged, member.id, manager),
      ])
        expect(refusal(answer)).toEqual([403, 'role_insufficient']);
      expect(await membersOf(unmanaged)).toEqual([member.id]);
    });

    const BELOW: Record<Role, Role[]> = {
      owner: ['owner', 'admin', 'team_manager', 'member'],
      admin: ['team_manager', 'member'],
      team_manager: ['member'],
      member: [],
    };
    it.each(ROLES.flatMap((actor) => ROLES.map((target) => [actor, target] as const)))(
      'whose rights end where the role does: %s puts in and takes out a %s',
      async (actor, role) => {
        const target: Person = await givenMemberOf(
          app,
          { organizationId: cast.organizationId, by: cast.owner },
          role,
        );
        const allowed = BELOW[actor].includes(role);
        const entered = await put(managed, target.id, cast[actor]);
        if (allowed) expect(entered.status).toBe(200);
        else expect(refusal(entered)).toEqual([403, 'role_insufficient']);
        await expectStatus(200, put(managed, target.id));
        const left = await take(managed, target.id, cast[actor]);
        if (allowed) expect(left.status).toBe(204);
        else expect(refusal(left)).toEqual([403, 'role_insufficient']);
        expect((await membersOf(managed)).includes(target.id)).toBe(!allowed);
      },
    );

    it('who may leave their team, and manage it no more', async () => {
      await expectStatus(204, take(managed, cast.team_manager.id, cast.team_manager));
      const late = await put(managed, cast.member.id, cast.team_manager);
      expect(refusal(late)).toEqual([403, 'role_insufficient']);
    });
  });
});
