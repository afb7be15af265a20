import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { enableTwoFactor, totpCode } from '@test/support/auth/given-users.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  type OrganizationFixture,
  givenOrganization,
  givenOwnerWithId,
  givenInvitation,
  givenMember,
  givenUserWithId,
  type UserWithId,
  storedRoles,
} from '@test/support/organizations/given-organizations.js';

const PASSWORD = 'walrus paints eleven harbours';
const INVALID_INVITATION = { email: null, organization_name: null, role: null, is_valid: false };

describe('accepting an invitation', () => {
  let app: TestApp;
  let fixture: OrganizationFixture;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    fixture = await givenOrganization(app);
  });

  const accept = (body: object, token?: string, node = app): Promise<TestResponse> =>
    node.post('/api/v1/invitations/accept', body, { token });
  const validate = async (token: string): Promise<unknown> =>
    (await expectStatus(200, app.get(`/api/v1/invitations/validate?token=${token}`))).body;
  const getRoles = (): Promise<Record<string, string>> => storedRoles(app, fixture.organizationId);
  const getStatus = async (id: string): Promise<string> => {
    const { body } = await app.get('/api/v1/invitations', { token: fixture.owner.accessToken });
    return (body as { id: string; status: string }[]).find((row) => row.id === id)?.status ?? 'absent';
  };
  const findAccounts = (email: string): Promise<unknown[]> =>
    app.sql('SELECT id FROM users WHERE email = $1', [email]);

  describe('by a signed-in user', () => {
    it('makes the user a member with the invited role and verifies their address', async () => {
      const person = await givenUserWithId(app);
      const { id, token } = await givenInvitation(app, fixture.owner, { email: person.email, role: 'admin' });
      const { body } = await expectStatus(200, accept({ token }, person.accessToken));
      expect(body).toEqual({ message: expect.any(String), organization_id: fixture.organizationId });
      expect((await getRoles())[person.id]).toBe('admin');
      expect(await getStatus(id)).toBe('accepted');
      const me = await expectStatus(200, app.get('/api/v1/users/me', { token: person.accessToken }));
      expect(me.body).toMatchObject({ email_verified: true, organization: { id: fixture.organizationId } });
      const again = await accept({ token }, person.accessToken);
      expect(statusAndCode(again)).toEqual([410, 'invitation_invalid']);
    });

    it('does not change the home organization', async () => {
      const person = await givenOwnerWithId(app);
      const { token } = await givenInvitation(app, fixture.owner, { email: person.email });
      await expectStatus(200, accept({ token }, person.accessToken));
      const change = app.patch(
        `/api/v1/users/${person.id}`,
        { phone_number: '1' },
        { token: fixture.owner.accessToken },
      );
      expect(statusAndCode(await change)).toEqual([403, 'not_home_organization']);
    });

    it('is refused for another address, and the invitation stays pending', async () => {
      const { token, id } = await givenInvitation(app, fixture.owner);
      const refused = await accept({ token }, fixture.outsider.accessToken);
      expect(statusAndCode(refused)).toEqual([403, 'invitation_for_another']);
      expect((await getRoles())[fixture.outsider.id]).toBeUndefined();
      expect([await getStatus(id), ((await validate(token)) as { is_valid: boolean }).is_valid]).toEqual([
        'pending',
        true,
      ]);
    });

    it('is refused to a user who was added as a member before accepting, and who keeps the role', async () => {
      const person = await givenUserWithId(app);
      const { id, token } = await givenInvitation(app, fixture.owner, { email: person.email, role: 'owner' });
      const url = `/api/organizations/${fixture.organizationId}/members`;
      await expectStatus(201, app.post(url, { user_id: person.id }, { token: fixture.owner.accessToken }));
      expect(statusAndCode(await accept({ token }, person.accessToken))).toEqual([410, 'invitation_invalid']);
      expect([(await getRoles())[person.id], await getStatus(id)]).toEqual(['member', 'accepted']);
    });
  });

  describe('by a signed-out user', () => {
    it('asks a user who has an account to log in', async () => {
      const { email } = fixture.outsider;
      const { token } = await givenInvitation(app, fixture.owner, { email });
      expect(statusAndCode(await accept({ token, password: PASSWORD }))).toEqual([409, 'login_required']);
      expect(await validate(token)).toMatchObject({ is_valid: true });
    });

    it('creates an account with this home organization and a session', async () => {
      const { token, email } = await givenInvitation(app, fixture.owner, { role: 'team_manager' });
      const name = { first_name: 'Grace', last_name: 'Hopper' };
      const { body } = await expectStatus(200, accept({ token, password: PASSWORD, ...name }));
      expect(body).toEqual({
        access_token: expect.any(String),
        token_type: 'bearer',
        two_factor_required: false,
        two_factor_setup_required: false,
        two_factor_method: null,
        temp_token: null,
      });
      const me = await expectStatus(200, app.get('/api/v1/users/me', { token: body.access_token }));
      const organization = { id: fixture.organizationId };
      expect(me.body).toMatchObject({ email, ...name, email_verified: true, role: 'member', organization });
      expect((await getRoles())[me.body.id]).toBe('team_manager');
      await expectStatus(200, app.post('/api/v1/auth/login', { email, password: PASSWORD }));
      const rename = { first_name: 'Amazing' };
      const url = `/api/v1/users/${me.body.id}`;
      await expectStatus(200, app.patch(url, rename, { token: fixture.admin.accessToken }));
    });

    it.each([
      ['none', undefined, 'validation_failed'],
      ['a short password', 'short', 'validation_failed'],
      ['a common password', 'password1', 'password_too_weak'],
      ['the invited address as password', 'address', 'password_too_weak'],
    ])('refuses a weak password and stays pending: %s', async (_what, password, code) => {
      const { token, email } = await givenInvitation(app, fixture.owner);
      const sent = password === 'address' ? email : password;
      expect(statusAndCode(await accept({ token, password: sent }))).toEqual([400, code]);
      expect(await findAccounts(email)).toEqual([]);
      await expectStatus(200, accept({ token, password: PASSWORD }));
    });

    it.each([
      ['closed', 403],
      ['invite', 200],
    ])('with REGISTRATION=%s answers %i', async (registration, status) => {
      const node = await TestApp.start({ siblingOf: app, env: { REGISTRATION: registration } });
      try {
        const { token, email } = await givenInvitation(app, fixture.owner);
        const response = await expectStatus(status, accept({ token, password: PASSWORD }, undefined, node));
        expect(response.body.code).toBe(status === 403 ? 'registration_closed' : undefined);
        expect(await findAccounts(email)).toHaveLength(status === 403 ? 0 : 1);
        const person = await givenUserWithId(app);
        const offer = await givenInvitation(app, fixture.owner, { email: person.email });
        await expectStatus(200, accept({ token: offer.token }, person.accessToken, node));
      } finally {
        await node.stop();
      }
    });

    it('leads to the setup of a second factor when the organization requires one', async () => {
      await enableTwoFactor(app, fixture.owner, 'totp');
      const session = { token: fixture.owner.accessToken };
      await expectStatus(200, app.patch('/api/v1/organization', { enforce_2fa: true }, session));
      const { token } = await givenInvitation(app, fixture.owner);
      const { body } = await expectStatus(200, accept({ token, password: PASSWORD }));
      expect(body).toEqual({
        access_token: null,
        token_type: 'bearer',
        two_factor_required: false,
        two_factor_setup_required: true,
        two_factor_method: null,
        temp_token: expect.any(String),
      });
      const temp = { temp_token: body.temp_token as string };
      const setup = await expectStatus(
        200,
        app.post('/api/v1/auth/2fa/setup-with-temp', { ...temp, method: 'totp' }),
      );
      const code = totpCode(app, setup.body.secret);
      const done = await expectStatus(200, app.post('/api/v1/auth/2fa/confirm-with-temp', { ...temp, code }));
      await expectStatus(200, app.get('/api/v1/organization', { token: done.body.access_token }));
    });
  });

  it.each(['', 'unknown', 'x'.repeat(512)])('reveals nothing for the token %j', async (token) => {
    const responses = [
      await accept({ token, password: PASSWORD }),
      await accept({ token }, fixture.outsider.accessToken),
    ];
    for (const response of responses)
      expect(statusAndCode(response)).toEqual(
        token ? [410, 'invitation_invalid'] : [400, 'validation_failed'],
      );
  });

  describe('after the inviter lost the permission', () => {
    const asUser = (person: UserWithId) => ({ token: person.accessToken });
    const memberUrl = (id: string): string => `/api/organizations/${fixture.organizationId}/members/${id}`;

    const PERMISSION_LOSSES: [string, (inviter: UserWithId) => Promise<TestResponse>, number][] = [
      [
        'was demoted',
        ({ id }) => app.patch(memberUrl(id), { role: 'team_manager' }, asUser(fixture.owner)),
        200,
      ],
      ['was removed', ({ id }) => app.delete(memberUrl(id), asUser(fixture.owner)), 204],
      ['left', ({ id, accessToken }) => app.delete(memberUrl(id), { token: accessToken }), 204],
      ['was deactivated', ({ id }) => deactivate(id), 200],
      [
        'deleted their account',
        ({ password, accessToken }) =>
          app.call('DELETE', '/api/auth/me', { token: accessToken, body: { password } }),
        204,
      ],
    ];
    const deactivate = async (id: string): Promise<TestResponse> => {
      await app.sql('UPDATE users SET home_organization_id = $1 WHERE id = $2', [fixture.organizationId, id]);
      return app.patch(`/api/v1/users/${id}`, { is_active: false }, asUser(fixture.owner));
    };

    it.each(PERMISSION_LOSSES)(
      'answers 403 after the inviter %s, until another admin resends the invitation',
      async (_what, lose, status) => {
        const inviter = await givenMember(
          app,
          { organizationId: fixture.organizationId, by: fixture.owner },
          'admin',
        );
        const person = await givenUserWithId(app);
        const known = await givenInvitation(app, inviter, { email: person.email, role: 'team_manager' });
        const unknown = await givenInvitation(app, inviter);
        await expectStatus(status, lose(inviter));
        for (const { token } of [known, unknown]) expect(await validate(token)).toEqual(INVALID_INVITATION);
        const refused = [
          await accept({ token: known.token }, person.accessToken),
          await accept({ token: unknown.token, password: PASSWORD }),
        ];
        for (const response of refused) expect(statusAndCode(response)).toEqual([403, 'role_insufficient']);
        expect([(await getRoles())[person.id], await findAccounts(unknown.email)]).toEqual([undefined, []]);
        for (const { id } of [known, unknown])
          await expectStatus(
            200,
            app.call('POST', `/api/v1/invitations/${id}/resend`, asUser(fixture.admin)),
          );
        const [one, two] = [
          await app.lastLinkToken(known.email, 'accept-invitation'),
          await app.lastLinkToken(unknown.email, 'accept-invitation'),
        ];
        await expectStatus(200, accept({ token: one }, person.accessToken));
        await expectStatus(200, accept({ token: two, password: PASSWORD }));
        expect((await getRoles())[person.id]).toBe('team_manager');
      },
    );

    it('answers 403 for the role owner after the inviter is no longer an owner', async () => {
      const inviter = await givenMember(
        app,
        { organizationId: fixture.organizationId, by: fixture.owner },
        'owner',
      );
      const { id, token } = await givenInvitation(app, inviter, { role: 'owner' });
      await expectStatus(200, app.patch(memberUrl(inviter.id), { role: 'admin' }, asUser(fixture.owner)));
      expect(statusAndCode(await accept({ token, password: PASSWORD }))).toEqual([403, 'role_insufficient']);
      const resent = await app.call('POST', `/api/v1/invitations/${id}/resend`, asUser(fixture.admin));
      expect(statusAndCode(resent)).toEqual([403, 'role_insufficient']);
      expect(Object.values(await getRoles()).filter((role) => role === 'owner')).toHaveLength(1);
    });
  });
});
