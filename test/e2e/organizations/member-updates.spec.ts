import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import { type UserWithId, UNKNOWN_ID } from '@test/support/organizations/given-organizations.js';
import { MemberUpdateFixture } from '@test/support/organizations/member-update-fixture.js';

describe('the comprehensive update of a member', () => {
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

  it('changes and records nothing when the body is empty', async () => {
    const before = await fixture.listAuditActions(firstOrganizationId);
    const { body } = await expectStatus(200, fixture.update({}));
    expect(body).toMatchObject({
      user_id: target.id,
      role: 'member',
      organization_id: firstOrganizationId,
      team_id: null,
    });
    await expectStatus(200, fixture.update(body));
    expect(await fixture.listAuditActions(firstOrganizationId)).toEqual(before);
  });

  it.each([
    ['user_id', UNKNOWN_ID],
    ['username', 'another-name'],
    ['email', 'else@example.com'],
    ['joined_at', '2020-01-01T00:00:00.000Z'],
    ['teams', [{ id: UNKNOWN_ID, name: 'x' }]],
  ])('rejects a change of %s', async (field, value) => {
    const refused = await fixture.update({ role: 'admin', [field]: value });
    expect(statusAndCode(refused)).toEqual([400, 'field_read_only']);
    expect(await fixture.getRole(firstOrganizationId)).toBe('member');
  });

  describe('with a team', () => {
    it('moves the member into one team and out of the others', async () => {
      const [one, two] = [await fixture.createTeam('One'), await fixture.createTeam('Two')];
      const first = await expectStatus(200, fixture.update({ team_id: one.id }));
      expect(first.body).toMatchObject({ team_id: one.id, teams: [one] });
      const second = await expectStatus(200, fixture.update({ team_id: two.id.toUpperCase() }));
      expect(second.body).toMatchObject({ team_id: two.id, teams: [two] });
      const none = await expectStatus(200, fixture.update({ team_id: null }));
      expect(none.body).toMatchObject({ team_id: null, teams: [] });
      const changes = (await fixture.listAuditActions(firstOrganizationId)).filter((action) =>
        action.startsWith('team.member'),
      );
      expect(changes.sort()).toEqual([
        'team.member_added',
        'team.member_added',
        'team.member_removed',
        'team.member_removed',
      ]);
    });

    it('keeps several teams when the client sends back what it read', async () => {
      const [one, two] = [await fixture.createTeam('One'), await fixture.createTeam('Two')];
      const url = `/api/organizations/${firstOrganizationId}/teams`;
      for (const { id } of [one, two]) {
        app.clock.advance(1);
        const place = `${url}/${id}/members/${target.id}`;
        await expectStatus(200, app.call('PUT', place, { token: owner.accessToken }));
      }
      const read = (await expectStatus(200, fixture.update({}))).body;
      expect(read).toMatchObject({ team_id: one.id, teams: [one, two] });
      const sent = await expectStatus(200, fixture.update({ ...read, role: 'admin' }));
      expect(sent.body).toEqual({ ...read, role: 'admin' });
    });

    it.each(['unknown', 'of another organization'])(
      'refuses a team that is %s, and changes no role',
      async (what) => {
        const id =
          what === 'unknown' ? UNKNOWN_ID : (await fixture.createTeam('Elsewhere', secondOrganizationId)).id;
        expect(statusAndCode(await fixture.update({ role: 'admin', team_id: id }))).toEqual([
          404,
          'team_not_found',
        ]);
        expect(await fixture.getRole(firstOrganizationId)).toBe('member');
      },
    );

    it('refuses a malformed team id', async () => {
      expect(statusAndCode(await fixture.update({ team_id: 'Berlin' }))).toEqual([400, 'validation_failed']);
    });
  });
});
