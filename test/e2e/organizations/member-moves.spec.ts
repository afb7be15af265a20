import { TestApp } from '@test/support/app/test-app.js';
import { enableTwoFactor } from '@test/support/auth/given-users.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  addOrganizationMember,
  givenMember,
  givenUserWithId,
  type UserWithId,
  type Role,
  storedRoles,
  inParallel,
} from '@test/support/organizations/given-organizations.js';
import { MemberUpdateFixture } from '@test/support/organizations/member-update-fixture.js';

describe('moving a member to another organization', () => {
  let app: TestApp;
  let fixture: MemberUpdateFixture;
  let owner: UserWithId;
  let firstOrganizationId: string;
  let secondOrganizationId: string;
  let target: UserWithId;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  beforeEach(async () => {
    fixture = await MemberUpdateFixture.create(app);
    ({ owner, firstOrganizationId, secondOrganizationId, target } = fixture);
  });

  it('moves the member with a role and a team and records it in both organizations', async () => {
    await fixture.update({ team_id: (await fixture.createTeam('Old')).id });
    const newTeam = await fixture.createTeam('New', secondOrganizationId);
    const before = {
      here: await fixture.listAuditActions(firstOrganizationId),
      there: await fixture.listAuditActions(secondOrganizationId),
    };
    const { body } = await expectStatus(
      200,
      fixture.update({ organization_id: secondOrganizationId, role: 'team_manager', team_id: newTeam.id }),
    );
    expect(body).toMatchObject({
      organization_id: secondOrganizationId,
      role: 'team_manager',
      team_id: newTeam.id,
      teams: [newTeam],
    });
    expect([await fixture.getRole(firstOrganizationId), await fixture.getRole(secondOrganizationId)]).toEqual(
      [undefined, 'team_manager'],
    );
    expect(
      await app.sql('SELECT 1 FROM team_members WHERE organization_id = $1', [firstOrganizationId]),
    ).toEqual([]);
    expect((await fixture.listAuditActions(firstOrganizationId)).slice(before.here.length)).toEqual([
      'member.moved_out',
    ]);
    expect((await fixture.listAuditActions(secondOrganizationId)).slice(before.there.length)).toEqual([
      'member.moved_in',
      'team.member_added',
    ]);
    const token = target.accessToken;
    await expectStatus(404, app.get(`/api/organizations/${firstOrganizationId}`, { token }));
    await expectStatus(200, app.get(`/api/organizations/${secondOrganizationId}`, { token }));
  });

  it('keeps the role when none is given, and ends the old team memberships', async () => {
    await fixture.update({ role: 'admin', team_id: (await fixture.createTeam('Old')).id });
    const { body } = await expectStatus(
      200,
      fixture.update({ organization_id: secondOrganizationId.toUpperCase() }),
    );
    expect(body).toMatchObject({
      role: 'admin',
      organization_id: secondOrganizationId,
      team_id: null,
      teams: [],
    });
  });

  it('refuses a team of the previous organization', async () => {
    const { id } = await fixture.createTeam('Behind');
    expect(
      statusAndCode(await fixture.update({ organization_id: secondOrganizationId, team_id: id })),
    ).toEqual([404, 'team_not_found']);
    expect([await fixture.getRole(firstOrganizationId), await fixture.getRole(secondOrganizationId)]).toEqual(
      ['member', undefined],
    );
    expect(await fixture.listAuditActions(secondOrganizationId)).not.toContain('member.moved_in');
  });

  it('refuses a user who is already a member of the target organization', async () => {
    await expectStatus(
      201,
      addOrganizationMember(app, { organizationId: secondOrganizationId, by: owner }, { user_id: target.id }),
    );
    expect(
      statusAndCode(await fixture.update({ organization_id: secondOrganizationId, role: 'admin' })),
    ).toEqual([409, 'already_member']);
    expect([await fixture.getRole(firstOrganizationId), await fixture.getRole(secondOrganizationId)]).toEqual(
      ['member', 'member'],
    );
  });

  it.each<[string, Role | 'none', Role | 'none', Role, [number, string]]>([
    [
      'an admin of the source who is no member of the target',
      'admin',
      'none',
      'member',
      [404, 'organization_not_found'],
    ],
    [
      'an admin of the source who is a member of the target',
      'admin',
      'member',
      'member',
      [403, 'role_insufficient'],
    ],
    [
      'an admin of the source who is a team manager of the target',
      'admin',
      'team_manager',
      'member',
      [403, 'role_insufficient'],
    ],
    ['an admin of both who assigns the role admin', 'admin', 'admin', 'admin', [403, 'role_insufficient']],
    [
      'an owner of the source and admin of the target who assigns the role admin',
      'owner',
      'admin',
      'admin',
      [403, 'role_insufficient'],
    ],
    [
      'an owner of the source and admin of the target who assigns the role owner',
      'owner',
      'admin',
      'owner',
      [403, 'role_insufficient'],
    ],
    ['a member of the source who owns the target', 'member', 'owner', 'member', [403, 'role_insufficient']],
    [
      'an owner of the target who is no member of the source',
      'none',
      'owner',
      'member',
      [404, 'organization_not_found'],
    ],
  ])('is refused for %s', async (_who, roleHere, roleThere, role, expected) => {
    const targetUser = await givenUserWithId(app);
    const user_id = targetUser.id;
    if (roleHere !== 'none')
      await expectStatus(
        201,
        addOrganizationMember(
          app,
          { organizationId: firstOrganizationId, by: owner },
          { user_id, role: roleHere },
        ),
      );
    if (roleThere !== 'none')
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
        await fixture.update({ organization_id: secondOrganizationId, role }, { by: targetUser }),
      ),
    ).toEqual(expected);
    expect([await fixture.getRole(firstOrganizationId), await fixture.getRole(secondOrganizationId)]).toEqual(
      ['member', undefined],
    );
  });

  it('is allowed for an admin of both', async () => {
    const targetUser = await givenUserWithId(app);
    for (const organizationId of [firstOrganizationId, secondOrganizationId])
      await expectStatus(
        201,
        addOrganizationMember(app, { organizationId, by: owner }, { user_id: targetUser.id, role: 'admin' }),
      );
    await expectStatus(200, fixture.update({ organization_id: secondOrganizationId }, { by: targetUser }));
    expect(await fixture.getRole(secondOrganizationId)).toBe('member');
  });

  it('is refused for the last owner, and records nothing in the target', async () => {
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
    const refused = await fixture.update({ role: 'member' }, { by: targetUser, id: owner.id });
    expect(statusAndCode(refused)).toEqual([403, 'role_insufficient']);
    const self = await fixture.update({ organization_id: secondOrganizationId }, { id: owner.id });
    expect(statusAndCode(self)).toEqual([404, 'organization_not_found']);
    expect(await fixture.getRole(firstOrganizationId, owner.id)).toBe('owner');
  });

  it('is refused when the target requires a second factor that the session has not used', async () => {
    await app.sql('UPDATE organizations SET enforce_2fa = true WHERE id = $1', [secondOrganizationId]);
    expect(statusAndCode(await fixture.update({ organization_id: secondOrganizationId }))).toEqual([
      403,
      'two_factor_required',
    ]);
    await enableTwoFactor(app, owner, 'totp');
    await expectStatus(200, fixture.update({ organization_id: secondOrganizationId }));
  });

  it('does not change the home organization', async () => {
    await app.sql('UPDATE users SET home_organization_id = $1 WHERE id = $2', [
      firstOrganizationId,
      target.id,
    ]);
    await expectStatus(200, fixture.update({ organization_id: secondOrganizationId }));
    const [row] = await app.sql('SELECT home_organization_id AS home FROM users WHERE id = $1', [target.id]);
    expect(row).toEqual({ home: firstOrganizationId });
  });

  it('does not deadlock with moves in the opposite direction: ten concurrent moves each way', async () => {
    const place = async (organizationId: string): Promise<UserWithId> =>
      givenMember(app, { organizationId, by: owner });
    const out = await inParallel(10, () => place(firstOrganizationId));
    const back = await inParallel(10, () => place(secondOrganizationId));
    const responses = await Promise.all([
      ...out.map(({ id }) => fixture.update({ organization_id: secondOrganizationId }, { id })),
      ...back.map(({ id }) =>
        fixture.update({ organization_id: firstOrganizationId }, { id, at: secondOrganizationId }),
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

  it('happens once for many concurrent requests', async () => {
    const responses = await inParallel(10, () => fixture.update({ organization_id: secondOrganizationId }));
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(responses.filter(({ status }) => status === 404)).toHaveLength(9);
    expect(
      (await fixture.listAuditActions(secondOrganizationId)).filter((action) => action === 'member.moved_in'),
    ).toHaveLength(1);
  });
});
