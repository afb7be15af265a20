import { type Answer, TestApp } from '@test/support/app/test-app.js';
import { expectStatus } from '@test/support/auth/given-users.js';
import {
  auditRows,
  type Cast,
  givenCast,
  givenFounder,
  givenProvisioned,
  NO_IDS,
  type Person,
  refusal,
  type Role,
  ROLES,
  rolesIn,
  together,
} from '@test/support/organizations/given-organizations.js';

const SET_BY_ADMIN = 'herons borrow seven ladders';

describe('what an organization changes about its people', () => {
  let app: TestApp;
  let cast: Cast;

  beforeAll(async () => {
    app = await TestApp.start();
    cast = await givenCast(app);
  });
  afterAll(() => app.stop());

  const update = (id: string, body: object, by = cast.owner): Promise<Answer> =>
    app.patch(`/api/v1/users/${id}`, body, { token: by.accessToken });
  const reset = (id: string, by = cast.owner): Promise<Answer> =>
    app.call('POST', `/api/v1/users/${id}/reset-2fa`, { token: by.accessToken });
  const shown = async (id: string): Promise<Record<string, unknown>> =>
    (await expectStatus(200, update(id, {}))).body;
  const roleOf = async (id: string): Promise<Role | undefined> =>
    (await rolesIn(app, cast.organizationId))[id];

  it('is the name, the phone number and the role', async () => {
    const { id } = await givenProvisioned(app, cast.owner);
    const change = { first_name: ' Grace ', last_name: 'Hopper', phone_number: '+1 555', role: 'admin' };
    const { body } = await expectStatus(200, update(id, change));
    expect(body).toMatchObject({ ...change, first_name: 'Grace' });
    const emptied = { first_name: null, last_name: '', phone_number: null };
    expect((await expectStatus(200, update(id, emptied))).body).toMatchObject({
      first_name: null,
      last_name: null,
      phone_number: null,
      role: 'admin',
    });
  });

  it('is nothing when it sends back what it read, also of somebody above', async () => {
    const { id } = await givenProvisioned(app, cast.owner, 'owner');
    const read = await shown(id);
    const before = (await auditRows(app, cast.organizationId)).length;
    for (const by of [cast.owner, cast.admin])
      expect((await expectStatus(200, update(id, read, by))).body).toEqual(read);
    expect((await auditRows(app, cast.organizationId)).length).toBe(before);
    expect(await roleOf(id)).toBe('owner'); // shown as admin, and still what it was
    await expectStatus(204, removed(id));
  });

  const removed = (id: string): Promise<Answer> =>
    app.delete(`/api/organizations/${cast.organizationId}/members/${id}`, { token: cast.owner.accessToken });

  it.each([
    ['id', '0190a0a0-0000-7000-8000-000000000000'],
    ['email_verified', false],
    ['is_super_admin', true],
    ['two_factor_enabled', true],
    ['two_factor_method', 'totp'],
    ['email_preferences', {}],
    ['created_at', '2020-01-01T00:00:00.000Z'],
    ['organization', null],
  ])('is not %s', async (field, value) => {
    const { id } = await givenProvisioned(app, cast.owner);
    expect(refusal(await update(id, { first_name: 'X', [field]: value }))).toEqual([400, 'field_read_only']);
    expect((await shown(id)).first_name).toBeNull();
  });

  it('is nothing of people elsewhere or nowhere', async () => {
    const other = await givenFounder(app);
    for (const id of [cast.outsider.id, other.id, ...NO_IDS]) {
      for (const body of [{ first_name: 'X' }, { password: SET_BY_ADMIN }, { is_active: false }])
        expect(refusal(await update(id, body))).toEqual([404, 'user_not_found']);
      expect(refusal(await reset(id))).toEqual([404, 'user_not_found']);
    }
  });

  describe('at home only', () => {
    it.each([
      ['password', SET_BY_ADMIN],
      ['email', 'taken-over@example.com'],
      ['is_active', false],
      ['first_name', 'Mallory'],
      ['phone_number', '+666'],
    ])('is %s', async (field, value) => {
      const { email, password, id, accessToken } = cast.member; // registered without this organization
      const refused = await update(id, { role: 'team_manager', [field]: value });
      expect(refusal(refused)).toEqual([403, 'not_home_organization']);
      expect(await roleOf(id)).toBe('member');
      await expectStatus(200, app.post('/api/v1/auth/login', { email, password }));
      await expectStatus(200, app.get('/api/v1/users/me', { token: accessToken }));
    });

    it('is the second factor', async () => {
      expect(refusal(await reset(cast.member.id))).toEqual([403, 'not_home_organization']);
    });

    it('and no more once the person was moved away, nor in the new organization', async () => {
      const person = await givenProvisioned(app, cast.owner);
      const other = await givenFounder(app);
      await expectStatus(204, removed(person.id));
      const url = `/api/organizations/${other.organizationId}/members`;
      await expectStatus(201, app.post(url, { user_id: person.id }, { token: other.accessToken }));
      const change = { password: SET_BY_ADMIN };
      expect(refusal(await update(person.id, change))).toEqual([404, 'user_not_found']);
      expect(refusal(await update(person.id, change, other))).toEqual([403, 'not_home_organization']);
    });

    it('while the role is every organization’s own affair', async () => {
      await expectStatus(200, update(cast.member.id, { role: 'team_manager' }));
      expect(await roleOf(cast.member.id)).toBe('team_manager');
      await expectStatus(200, update(cast.member.id, { role: 'member' }));
      expect(await roleOf(cast.member.id)).toBe('team_manager'); // is shown as member already
      const url = `/api/organizations/${cast.organizationId}/members/${cast.member.id}`;
      await expectStatus(200, app.patch(url, { role: 'member' }, { token: cast.owner.accessToken }));
    });
  });

  describe('is never about somebody above or beside', () => {
    const people = {} as Record<Role, Person>;

    beforeAll(async () => {
      for (const role of ROLES) people[role] = await givenProvisioned(app, cast.owner, role);
    });

    const CHANGES: Record<string, unknown> = {
      first_name: 'Someone',
      email: 'moved-away@example.com',
      password: SET_BY_ADMIN,
      is_active: false,
      role: 'member',
    };
    const CASES: [Role, Role][] = [
      ['admin', 'owner'],
      ['admin', 'admin'],
      ['team_manager', 'owner'],
      ['team_manager', 'member'],
      ['member', 'owner'],
      ['member', 'member'],
    ];
    it.each(CASES)('for an actor who is %s, of a %s', async (actor, target) => {
      const { id, accessToken } = people[target];
      const before = await shown(id);
      for (const [field, value] of Object.entries(CHANGES))
        expect(refusal(await update(id, { [field]: value }, cast[actor]))).toEqual([
          403,
          'role_insufficient',
        ]);
      expect(refusal(await reset(id, cast[actor]))).toEqual([403, 'role_insufficient']);
      expect(await shown(id)).toEqual(before);
      expect(await roleOf(id)).toBe(target);
      await expectStatus(200, app.get('/api/v1/users/me', { token: accessToken }));
    });

    it.each<[Role, Role]>([
      ['admin', 'team_manager'],
      ['admin', 'member'],
      ['owner', 'admin'],
      ['owner', 'owner'],
    ])('and is for an actor who is %s, of a %s', async (actor, target) => {
      const { body } = await expectStatus(200, update(people[target].id, { first_name: actor }, cast[actor]));
      expect(body.first_name).toBe(actor);
    });

    it('and grants nothing above the own role', async () => {
      expect(refusal(await update(people.member.id, { role: 'owner' }, cast.admin))).toEqual([
        403,
        'role_insufficient',
      ]);
      expect(await roleOf(people.member.id)).toBe('member');
      await expectStatus(200, update(people.member.id, { role: 'admin' }, cast.admin));
      await expectStatus(200, update(people.member.id, { role: 'member' }));
    });

    it('nor oneself: an admin keeps the own account at users/me', async () => {
      const { admin } = people;
      for (const [field, value] of Object.entries(CHANGES)) {
        const refused = await update(admin.id, { [field]: value }, admin);
        const code = field === 'password' ? [400, 'field_read_only'] : [403, 'role_insufficient'];
        expect(refusal(refused)).toEqual(code);
      }
      expect(refusal(await reset(admin.id, admin))).toEqual([400, 'field_read_only']);
    });

    it('while an owner may change the own name, but neither address nor password', async () => {
      const { owner } = people;
      await expectStatus(200, update(owner.id, { first_name: 'Own' }, owner));
      for (const field of ['email', 'password'])
        expect(refusal(await update(owner.id, { [field]: CHANGES[field] }, owner))).toEqual([
          400,
          'field_read_only',
        ]);
    });
  });

  describe('is the state of an account', () => {
    it('but not of the last owner, nor are they demoted here', async () => {
      const owner = await givenFounder(app);
      for (const body of [{ is_active: false }, { role: 'member' }, { role: 'member', is_active: false }])
        expect(refusal(await update(owner.id, body, owner))).toEqual([409, 'last_owner']);
      await expectStatus(200, app.get('/api/v1/users/me', { token: owner.accessToken }));
    });

    it('and of two owners who deactivate each other at once one remains', async () => {
      for (let round = 0; round < 5; round += 1) {
        const one = await givenFounder(app);
        const two = await givenProvisioned(app, one, 'owner');
        const answers = await Promise.all([
          update(two.id, { is_active: false }, one),
          update(one.id, { is_active: false }, two),
        ]);
        expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
        const active = await app.sql('SELECT id FROM users WHERE id = ANY($1) AND is_active', [
          [one.id, two.id],
        ]);
        expect(active).toHaveLength(1);
      }
    });

    it('and of two owners who deactivate themselves at once one remains', async () => {
      const one = await givenFounder(app);
      const owners = [one, await givenProvisioned(app, one, 'owner')];
      const answers = await together(2, (index) => {
        const self = owners[index] as Person;
        return update(self.id, { is_active: false }, self);
      });
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    });
  });
});
