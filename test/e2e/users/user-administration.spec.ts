import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  storedAuditEvents,
  type OrganizationFixture,
  givenOrganization,
  givenOwnerWithId,
  givenProvisionedUser,
  UNRESOLVABLE_IDS,
  type UserWithId,
  type Role,
  ROLES,
  storedRoles,
  inParallel,
} from '@test/support/organizations/given-organizations.js';

const ADMIN_SET_PASSWORD = 'herons borrow seven ladders';

describe('what an admin can change about the members', () => {
  let app: TestApp;
  let fixture: OrganizationFixture;

  beforeAll(async () => {
    app = await TestApp.start();
    fixture = await givenOrganization(app);
  });
  afterAll(() => app.stop());

  const updateUser = (id: string, body: object, by = fixture.owner): Promise<TestResponse> =>
    app.patch(`/api/v1/users/${id}`, body, { token: by.accessToken });
  const resetTwoFactor = (id: string, by = fixture.owner): Promise<TestResponse> =>
    app.call('POST', `/api/v1/users/${id}/reset-2fa`, { token: by.accessToken });
  const getUser = async (id: string): Promise<Record<string, unknown>> =>
    (await expectStatus(200, updateUser(id, {}))).body;
  const getRole = async (id: string): Promise<Role | undefined> =>
    (await storedRoles(app, fixture.organizationId))[id];

  it('includes the name, the phone number and the role', async () => {
    const { id } = await givenProvisionedUser(app, fixture.owner);
    const change = { first_name: ' Grace ', last_name: 'Hopper', phone_number: '+1 555', role: 'admin' };
    const { body } = await expectStatus(200, updateUser(id, change));
    expect(body).toMatchObject({ ...change, first_name: 'Grace' });
    const clearedFields = { first_name: null, last_name: '', phone_number: null };
    expect((await expectStatus(200, updateUser(id, clearedFields))).body).toMatchObject({
      first_name: null,
      last_name: null,
      phone_number: null,
      role: 'admin',
    });
  });

  it('is nothing when the client sends back what it read, also for a member with a higher role', async () => {
    const { id } = await givenProvisionedUser(app, fixture.owner, 'owner');
    const read = await getUser(id);
    const before = (await storedAuditEvents(app, fixture.organizationId)).length;
    for (const by of [fixture.owner, fixture.admin])
      expect((await expectStatus(200, updateUser(id, read, by))).body).toEqual(read);
    expect((await storedAuditEvents(app, fixture.organizationId)).length).toBe(before);
    expect(await getRole(id)).toBe('owner'); // the XC API shows the owner as admin
    await expectStatus(204, removeMember(id));
  });

  const removeMember = (id: string): Promise<TestResponse> =>
    app.delete(`/api/organizations/${fixture.organizationId}/members/${id}`, {
      token: fixture.owner.accessToken,
    });

  it.each([
    ['id', '0190a0a0-0000-7000-8000-000000000000'],
    ['email_verified', false],
    ['is_super_admin', true],
    ['two_factor_enabled', true],
    ['two_factor_method', 'totp'],
    ['email_preferences', {}],
    ['created_at', '2020-01-01T00:00:00.000Z'],
    ['organization', null],
  ])('excludes %s', async (field, value) => {
    const { id } = await givenProvisionedUser(app, fixture.owner);
    expect(statusAndCode(await updateUser(id, { first_name: 'X', [field]: value }))).toEqual([
      400,
      'field_read_only',
    ]);
    expect((await getUser(id)).first_name).toBeNull();
  });

  it('excludes users of other organizations and unknown users', async () => {
    const other = await givenOwnerWithId(app);
    for (const id of [fixture.outsider.id, other.id, ...UNRESOLVABLE_IDS]) {
      for (const body of [{ first_name: 'X' }, { password: ADMIN_SET_PASSWORD }, { is_active: false }])
        expect(statusAndCode(await updateUser(id, body))).toEqual([404, 'user_not_found']);
      expect(statusAndCode(await resetTwoFactor(id))).toEqual([404, 'user_not_found']);
    }
  });

  describe('only in the home organization', () => {
    it.each([
      ['password', ADMIN_SET_PASSWORD],
      ['email', 'taken-over@example.com'],
      ['is_active', false],
      ['first_name', 'Mallory'],
      ['phone_number', '+666'],
    ])('includes %s', async (field, value) => {
      const { email, password, id, accessToken } = fixture.member; // this user registered without the organization
      const refused = await updateUser(id, { role: 'team_manager', [field]: value });
      expect(statusAndCode(refused)).toEqual([403, 'not_home_organization']);
      expect(await getRole(id)).toBe('member');
      await expectStatus(200, app.post('/api/v1/auth/login', { email, password }));
      await expectStatus(200, app.get('/api/v1/users/me', { token: accessToken }));
    });

    it('includes the second factor', async () => {
      expect(statusAndCode(await resetTwoFactor(fixture.member.id))).toEqual([403, 'not_home_organization']);
    });

    it('excludes a member who was moved away, also in the new organization', async () => {
      const person = await givenProvisionedUser(app, fixture.owner);
      const other = await givenOwnerWithId(app);
      await expectStatus(204, removeMember(person.id));
      const url = `/api/organizations/${other.organizationId}/members`;
      await expectStatus(201, app.post(url, { user_id: person.id }, { token: other.accessToken }));
      const change = { password: ADMIN_SET_PASSWORD };
      expect(statusAndCode(await updateUser(person.id, change))).toEqual([404, 'user_not_found']);
      expect(statusAndCode(await updateUser(person.id, change, other))).toEqual([
        403,
        'not_home_organization',
      ]);
    });

    it('except the role, which every organization manages itself', async () => {
      await expectStatus(200, updateUser(fixture.member.id, { role: 'team_manager' }));
      expect(await getRole(fixture.member.id)).toBe('team_manager');
      await expectStatus(200, updateUser(fixture.member.id, { role: 'member' }));
      expect(await getRole(fixture.member.id)).toBe('team_manager'); // the XC API shows a team manager as member
      const url = `/api/organizations/${fixture.organizationId}/members/${fixture.member.id}`;
      await expectStatus(200, app.patch(url, { role: 'member' }, { token: fixture.owner.accessToken }));
    });
  });

  describe('depends on the roles', () => {
    const usersByRole = {} as Record<Role, UserWithId>;

    beforeAll(async () => {
      for (const role of ROLES) usersByRole[role] = await givenProvisionedUser(app, fixture.owner, role);
    });

    const CHANGES: Record<string, unknown> = {
      first_name: 'Someone',
      email: 'moved-away@example.com',
      password: ADMIN_SET_PASSWORD,
      is_active: false,
      role: 'member',
    };
    const FORBIDDEN_PAIRS: [Role, Role][] = [
      ['admin', 'owner'],
      ['admin', 'admin'],
      ['team_manager', 'owner'],
      ['team_manager', 'member'],
      ['member', 'owner'],
      ['member', 'member'],
    ];
    it.each(FORBIDDEN_PAIRS)(
      'is refused to the role %s for a target with the role %s',
      async (actor, target) => {
        const { id, accessToken } = usersByRole[target];
        const before = await getUser(id);
        for (const [field, value] of Object.entries(CHANGES))
          expect(statusAndCode(await updateUser(id, { [field]: value }, fixture[actor]))).toEqual([
            403,
            'role_insufficient',
          ]);
        expect(statusAndCode(await resetTwoFactor(id, fixture[actor]))).toEqual([403, 'role_insufficient']);
        expect(await getUser(id)).toEqual(before);
        expect(await getRole(id)).toBe(target);
        await expectStatus(200, app.get('/api/v1/users/me', { token: accessToken }));
      },
    );

    it.each<[Role, Role]>([
      ['admin', 'team_manager'],
      ['admin', 'member'],
      ['owner', 'admin'],
      ['owner', 'owner'],
    ])('is allowed to the role %s for a target with the role %s', async (actor, target) => {
      const { body } = await expectStatus(
        200,
        updateUser(usersByRole[target].id, { first_name: actor }, fixture[actor]),
      );
      expect(body.first_name).toBe(actor);
    });

    it('never assigns a role above the role of the actor', async () => {
      expect(
        statusAndCode(await updateUser(usersByRole.member.id, { role: 'owner' }, fixture.admin)),
      ).toEqual([403, 'role_insufficient']);
      expect(await getRole(usersByRole.member.id)).toBe('member');
      await expectStatus(200, updateUser(usersByRole.member.id, { role: 'admin' }, fixture.admin));
      await expectStatus(200, updateUser(usersByRole.member.id, { role: 'member' }));
    });

    it('excludes the own account of an admin, which is changed at users/me', async () => {
      const { admin } = usersByRole;
      for (const [field, value] of Object.entries(CHANGES)) {
        const refused = await updateUser(admin.id, { [field]: value }, admin);
        const code = field === 'password' ? [400, 'field_read_only'] : [403, 'role_insufficient'];
        expect(statusAndCode(refused)).toEqual(code);
      }
      expect(statusAndCode(await resetTwoFactor(admin.id, admin))).toEqual([400, 'field_read_only']);
    });

    it('lets an owner change the own name, but neither address nor password', async () => {
      const { owner } = usersByRole;
      await expectStatus(200, updateUser(owner.id, { first_name: 'Own' }, owner));
      for (const field of ['email', 'password'])
        expect(statusAndCode(await updateUser(owner.id, { [field]: CHANGES[field] }, owner))).toEqual([
          400,
          'field_read_only',
        ]);
    });
  });

  describe('includes the state of an account', () => {
    it('except the state and the role of the last owner', async () => {
      const owner = await givenOwnerWithId(app);
      for (const body of [{ is_active: false }, { role: 'member' }, { role: 'member', is_active: false }])
        expect(statusAndCode(await updateUser(owner.id, body, owner))).toEqual([409, 'last_owner']);
      await expectStatus(200, app.get('/api/v1/users/me', { token: owner.accessToken }));
    });

    it('and keeps one of two owners who deactivate each other concurrently', async () => {
      for (let round = 0; round < 5; round += 1) {
        const one = await givenOwnerWithId(app);
        const two = await givenProvisionedUser(app, one, 'owner');
        const answers = await Promise.all([
          updateUser(two.id, { is_active: false }, one),
          updateUser(one.id, { is_active: false }, two),
        ]);
        expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
        const active = await app.sql('SELECT id FROM users WHERE id = ANY($1) AND is_active', [
          [one.id, two.id],
        ]);
        expect(active).toHaveLength(1);
      }
    });

    it('and keeps one of two owners who deactivate themselves concurrently', async () => {
      const one = await givenOwnerWithId(app);
      const owners = [one, await givenProvisionedUser(app, one, 'owner')];
      const responses = await inParallel(2, (index) => {
        const self = owners[index] as UserWithId;
        return updateUser(self.id, { is_active: false }, self);
      });
      expect(responses.map(({ status }) => status).sort()).toEqual([200, 409]);
    });
  });
});
