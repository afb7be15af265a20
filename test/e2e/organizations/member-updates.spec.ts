import { type Answer, TestApp } from '@test/support/app/test-app.js';
import { enableTwoFactor, expectStatus } from '@test/support/auth/given-users.js';
import {
  addTo,
  auditRows,
  givenFounder,
  givenMemberOf,
  givenPerson,
  type Person,
  refusal,
  type Role,
  rolesIn,
  together,
  UNKNOWN_ID,
} from '@test/support/organizations/given-organizations.js';

describe('the comprehensive update of a member', () => {
  let app: TestApp;
  let owner: Person;
  let here: string;
  let there: string;
  let target: Person;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  beforeEach(async () => {
    const founder = await givenFounder(app);
    owner = founder;
    here = founder.organizationId;
    const request = { name: 'The other one' };
    const other = await expectStatus(
      201,
      app.post('/api/organizations', request, { token: owner.accessToken }),
    );
    there = other.body.id as string;
    target = await givenMemberOf(app, { organizationId: here, by: owner });
  });

  const put = (body: object, { by = owner, at = here, id = target.id } = {}): Promise<Answer> =>
    app.call('PUT', `/api/organizations/${at}/members/${id}`, { token: by.accessToken, body });
  const team = async (name: string, organizationId = here): Promise<{ id: string; name: string }> => {
    const url = `/api/organizations/${organizationId}/teams`;
    const { body } = await expectStatus(201, app.post(url, { name }, { token: owner.accessToken }));
    return { id: body.id, name };
  };
  const roleIn = async (organizationId: string, id = target.id): Promise<Role | undefined> =>
    (await rolesIn(app, organizationId))[id];
  const actions = async (organizationId: string): Promise<string[]> =>
    (await auditRows(app, organizationId)).map(({ action }) => action);

  it('changes nothing when nothing is named, and writes nothing down', async () => {
    const before = await actions(here);
    const { body } = await expectStatus(200, put({}));
    expect(body).toMatchObject({ user_id: target.id, role: 'member', organization_id: here, team_id: null });
    await expectStatus(200, put(body));
    expect(await actions(here)).toEqual(before);
  });

  it.each([
    ['user_id', UNKNOWN_ID],
    ['username', 'somebody-else'],
    ['email', 'else@example.com'],
    ['joined_at', '2020-01-01T00:00:00.000Z'],
    ['teams', [{ id: UNKNOWN_ID, name: 'x' }]],
  ])('keeps %s', async (field, value) => {
    const refused = await put({ role: 'admin', [field]: value });
    expect(refusal(refused)).toEqual([400, 'field_read_only']);
    expect(await roleIn(here)).toBe('member');
  });

  describe('of the team', () => {
    it('puts the member into one team and out of the others', async () => {
      const [one, two] = [await team('One'), await team('Two')];
      const first = await expectStatus(200, put({ team_id: one.id }));
      expect(first.body).toMatchObject({ team_id: one.id, teams: [one] });
      const second = await expectStatus(200, put({ team_id: two.id.toUpperCase() }));
      expect(second.body).toMatchObject({ team_id: two.id, teams: [two] });
      const none = await expectStatus(200, put({ team_id: null }));
      expect(none.body).toMatchObject({ team_id: null, teams: [] });
      const changes = (await actions(here)).filter((action) => action.startsWith('team.member'));
      expect(changes.sort()).toEqual([
        'team.member_added',
        'team.member_added',
        'team.member_removed',
        'team.member_removed',
      ]);
    });

    it('keeps several teams for a client that sends back what it read', async () => {
      const [one, two] = [await team('One'), await team('Two')];
      const url = `/api/organizations/${here}/teams`;
      for (const { id } of [one, two]) {
        app.clock.advance(1);
        const place = `${url}/${id}/members/${target.id}`;
        await expectStatus(200, app.call('PUT', place, { token: owner.accessToken }));
      }
      const read = (await expectStatus(200, put({}))).body;
      expect(read).toMatchObject({ team_id: one.id, teams: [one, two] });
      const sent = await expectStatus(200, put({ ...read, role: 'admin' }));
      expect(sent.body).toEqual({ ...read, role: 'admin' });
    });

    it.each(['unknown', 'of another organization'])(
      'refuses one that is %s, and the role with it',
      async (what) => {
        const id = what === 'unknown' ? UNKNOWN_ID : (await team('Elsewhere', there)).id;
        expect(refusal(await put({ role: 'admin', team_id: id }))).toEqual([404, 'team_not_found']);
        expect(await roleIn(here)).toBe('member');
      },
    );

    it('refuses a malformed one', async () => {
      expect(refusal(await put({ team_id: 'Berlin' }))).toEqual([400, 'validation_failed']);
    });
  });

  describe('to another organization', () => {
    it('moves the member with role and team, and tells both logs', async () => {
      await put({ team_id: (await team('Old')).id });
      const goal = await team('New', there);
      const before = { here: await actions(here), there: await actions(there) };
      const { body } = await expectStatus(
        200,
        put({ organization_id: there, role: 'team_manager', team_id: goal.id }),
      );
      expect(body).toMatchObject({
        organization_id: there,
        role: 'team_manager',
        team_id: goal.id,
        teams: [goal],
      });
      expect([await roleIn(here), await roleIn(there)]).toEqual([undefined, 'team_manager']);
      expect(await app.sql('SELECT 1 FROM team_members WHERE organization_id = $1', [here])).toEqual([]);
      expect((await actions(here)).slice(before.here.length)).toEqual(['member.moved_out']);
      expect((await actions(there)).slice(before.there.length)).toEqual([
        'member.moved_in',
        'team.member_added',
      ]);
      const token = target.accessToken;
      await expectStatus(404, app.get(`/api/organizations/${here}`, { token }));
      await expectStatus(200, app.get(`/api/organizations/${there}`, { token }));
    });

    it('keeps the role when none is named, and leaves the old teams', async () => {
      await put({ role: 'admin', team_id: (await team('Old')).id });
      const { body } = await expectStatus(200, put({ organization_id: there.toUpperCase() }));
      expect(body).toMatchObject({ role: 'admin', organization_id: there, team_id: null, teams: [] });
    });

    it('does not put the member into a team that stays behind', async () => {
      const { id } = await team('Behind');
      expect(refusal(await put({ organization_id: there, team_id: id }))).toEqual([404, 'team_not_found']);
      expect([await roleIn(here), await roleIn(there)]).toEqual(['member', undefined]);
      expect(await actions(there)).not.toContain('member.moved_in');
    });

    it('does not take a role that somebody has there already', async () => {
      await expectStatus(201, addTo(app, { organizationId: there, by: owner }, { user_id: target.id }));
      expect(refusal(await put({ organization_id: there, role: 'admin' }))).toEqual([409, 'already_member']);
      expect([await roleIn(here), await roleIn(there)]).toEqual(['member', 'member']);
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
      const mover = await givenPerson(app);
      const user_id = mover.id;
      if (roleHere !== 'nobody')
        await expectStatus(201, addTo(app, { organizationId: here, by: owner }, { user_id, role: roleHere }));
      if (roleThere !== 'nobody')
        await expectStatus(
          201,
          addTo(app, { organizationId: there, by: owner }, { user_id, role: roleThere }),
        );
      expect(refusal(await put({ organization_id: there, role }, { by: mover }))).toEqual(expected);
      expect([await roleIn(here), await roleIn(there)]).toEqual(['member', undefined]);
    });

    it('is for an admin of both', async () => {
      const mover = await givenPerson(app);
      for (const organizationId of [here, there])
        await expectStatus(
          201,
          addTo(app, { organizationId, by: owner }, { user_id: mover.id, role: 'admin' }),
        );
      await expectStatus(200, put({ organization_id: there }, { by: mover }));
      expect(await roleIn(there)).toBe('member');
    });

    it('is never for the last owner, and the goal knows nothing of the attempt', async () => {
      const user_id = (await givenPerson(app)).id;
      await expectStatus(201, addTo(app, { organizationId: there, by: owner }, { user_id, role: 'owner' }));
      const url = `/api/organizations/${there}/members/${owner.id}`;
      await expectStatus(204, app.delete(url, { token: owner.accessToken }));
      const mover = await givenMemberOf(app, { organizationId: here, by: owner }, 'admin');
      const refused = await put({ role: 'member' }, { by: mover, id: owner.id });
      expect(refusal(refused)).toEqual([403, 'role_insufficient']);
      const self = await put({ organization_id: there }, { id: owner.id });
      expect(refusal(self)).toEqual([404, 'organization_not_found']);
      expect(await roleIn(here, owner.id)).toBe('owner');
    });

    it('is closed while the goal demands a second factor this session did not use', async () => {
      await app.sql('UPDATE organizations SET enforce_2fa = true WHERE id = $1', [there]);
      expect(refusal(await put({ organization_id: there }))).toEqual([403, 'two_factor_required']);
      await enableTwoFactor(app, owner, 'totp');
      await expectStatus(200, put({ organization_id: there }));
    });

    it('never changes the home', async () => {
      await app.sql('UPDATE users SET home_organization_id = $1 WHERE id = $2', [here, target.id]);
      await expectStatus(200, put({ organization_id: there }));
      const [row] = await app.sql('SELECT home_organization_id AS home FROM users WHERE id = $1', [
        target.id,
      ]);
      expect(row).toEqual({ home: here });
    });

    it('does not wait for a move in the opposite direction: ten each way, all at once', async () => {
      const place = async (organizationId: string): Promise<Person> =>
        givenMemberOf(app, { organizationId, by: owner });
      const out = await together(10, () => place(here));
      const back = await together(10, () => place(there));
      const answers = await Promise.all([
        ...out.map(({ id }) => put({ organization_id: there }, { id })),
        ...back.map(({ id }) => put({ organization_id: here }, { id, at: there })),
      ]);
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
      const [inHere, inThere] = [await rolesIn(app, here), await rolesIn(app, there)];
      for (const { id } of out) expect([inHere[id], inThere[id]]).toEqual([undefined, 'member']);
      for (const { id } of back) expect([inHere[id], inThere[id]]).toEqual(['member', undefined]);
    });

    it('happens once when it is asked for many times at once', async () => {
      const answers = await together(10, () => put({ organization_id: there }));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 404)).toHaveLength(9);
      expect((await actions(there)).filter((action) => action === 'member.moved_in')).toHaveLength(1);
    });
  });
});
