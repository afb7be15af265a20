import { type Answer, TestApp } from '@test/support/app/test-app.js';
import { enableTwoFactor, expectStatus, totp } from '@test/support/auth/given-users.js';
import {
  type Cast,
  givenCast,
  givenFounder,
  givenInvitation,
  givenMemberOf,
  givenPerson,
  type Person,
  refusal,
  rolesIn,
} from '@test/support/organizations/given-organizations.js';

const PASSWORD = 'walrus paints eleven harbours';
const NOTHING = { email: null, organization_name: null, role: null, is_valid: false };

describe('accepting an invitation', () => {
  let app: TestApp;
  let cast: Cast;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    cast = await givenCast(app);
  });

  const accept = (body: object, token?: string, node = app): Promise<Answer> =>
    node.post('/api/v1/invitations/accept', body, { token });
  const validate = async (token: string): Promise<unknown> =>
    (await expectStatus(200, app.get(`/api/v1/invitations/validate?token=${token}`))).body;
  const roles = (): Promise<Record<string, string>> => rolesIn(app, cast.organizationId);
  const statusOf = async (id: string): Promise<string> => {
    const { body } = await app.get('/api/v1/invitations', { token: cast.owner.accessToken });
    return (body as { id: string; status: string }[]).find((row) => row.id === id)?.status ?? 'absent';
  };
  const accounts = (email: string): Promise<unknown[]> =>
    app.sql('SELECT id FROM users WHERE email = $1', [email]);

  describe('signed in', () => {
    it('makes a member with the role that was offered, and proves the address', async () => {
      const person = await givenPerson(app);
      const { id, token } = await givenInvitation(app, cast.owner, { email: person.email, role: 'admin' });
      const { body } = await expectStatus(200, accept({ token }, person.accessToken));
      expect(body).toEqual({ message: expect.any(String), organization_id: cast.organizationId });
      expect((await roles())[person.id]).toBe('admin');
      expect(await statusOf(id)).toBe('accepted');
      const me = await expectStatus(200, app.get('/api/v1/users/me', { token: person.accessToken }));
      expect(me.body).toMatchObject({ email_verified: true, organization: { id: cast.organizationId } });
      const again = await accept({ token }, person.accessToken);
      expect(refusal(again)).toEqual([410, 'invitation_invalid']);
    });

    it('never changes the home', async () => {
      const person = await givenFounder(app);
      const { token } = await givenInvitation(app, cast.owner, { email: person.email });
      await expectStatus(200, accept({ token }, person.accessToken));
      const change = app.patch(
        `/api/v1/users/${person.id}`,
        { phone_number: '1' },
        { token: cast.owner.accessToken },
      );
      expect(refusal(await change)).toEqual([403, 'not_home_organization']);
    });

    it('is for the invited address only, and the invitation stays open', async () => {
      const { token, id } = await givenInvitation(app, cast.owner);
      const refused = await accept({ token }, cast.outsider.accessToken);
      expect(refusal(refused)).toEqual([403, 'invitation_for_another']);
      expect((await roles())[cast.outsider.id]).toBeUndefined();
      expect([await statusOf(id), ((await validate(token)) as { is_valid: boolean }).is_valid]).toEqual([
        'pending',
        true,
      ]);
    });

    it('keeps the role of who became a member meanwhile', async () => {
      const person = await givenPerson(app);
      const { id, token } = await givenInvitation(app, cast.owner, { email: person.email, role: 'owner' });
      const url = `/api/organizations/${cast.organizationId}/members`;
      await expectStatus(201, app.post(url, { user_id: person.id }, { token: cast.owner.accessToken }));
      await expectStatus(200, accept({ token }, person.accessToken));
      expect([(await roles())[person.id], await statusOf(id)]).toEqual(['member', 'accepted']);
    });
  });

  describe('signed out', () => {
    it('asks who has an account to log in', async () => {
      const { email } = cast.outsider;
      const { token } = await givenInvitation(app, cast.owner, { email });
      expect(refusal(await accept({ token, password: PASSWORD }))).toEqual([409, 'login_required']);
      expect(await validate(token)).toMatchObject({ is_valid: true });
    });

    it('opens an account whose home is the organization, and signs in', async () => {
      const { token, email } = await givenInvitation(app, cast.owner, { role: 'team_manager' });
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
      const organization = { id: cast.organizationId };
      expect(me.body).toMatchObject({ email, ...name, email_verified: true, role: 'member', organization });
      expect((await roles())[me.body.id]).toBe('team_manager');
      await expectStatus(200, app.post('/api/v1/auth/login', { email, password: PASSWORD }));
      const rename = { first_name: 'Amazing' };
      const url = `/api/v1/users/${me.body.id}`;
      await expectStatus(200, app.patch(url, rename, { token: cast.admin.accessToken }));
    });

    it.each([
      ['none', undefined, 'validation_failed'],
      ['a short one', 'short', 'validation_failed'],
      ['one of the common ones', 'password1', 'password_too_weak'],
      ['the invited address', 'address', 'password_too_weak'],
    ])('refuses a weak password and stays open: %s', async (_what, password, code) => {
      const { token, email } = await givenInvitation(app, cast.owner);
      const sent = password === 'address' ? email : password;
      expect(refusal(await accept({ token, password: sent }))).toEqual([400, code]);
      expect(await accounts(email)).toEqual([]);
      await expectStatus(200, accept({ token, password: PASSWORD }));
    });

    it.each([
      ['closed', 403],
      ['invite', 200],
    ])('with REGISTRATION=%s answers %i', async (registration, status) => {
      const node = await TestApp.start({ beside: app, env: { REGISTRATION: registration } });
      try {
        const { token, email } = await givenInvitation(app, cast.owner);
        const answer = await expectStatus(status, accept({ token, password: PASSWORD }, undefined, node));
        expect(answer.body.code).toBe(status === 403 ? 'registration_closed' : undefined);
        expect(await accounts(email)).toHaveLength(status === 403 ? 0 : 1);
        const person = await givenPerson(app);
        const offer = await givenInvitation(app, cast.owner, { email: person.email });
        await expectStatus(200, accept({ token: offer.token }, person.accessToken, node));
      } finally {
        await node.stop();
      }
    });

    it('leads to the setup of a second factor where one is demanded', async () => {
      await enableTwoFactor(app, cast.owner, 'totp');
      const session = { token: cast.owner.accessToken };
      await expectStatus(200, app.patch('/api/v1/organization', { enforce_2fa: true }, session));
      const { token } = await givenInvitation(app, cast.owner);
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
      const code = totp(app, setup.body.secret);
      const done = await expectStatus(200, app.post('/api/v1/auth/2fa/confirm-with-temp', { ...temp, code }));
      await expectStatus(200, app.get('/api/v1/organization', { token: done.body.access_token }));
    });
  });

  it.each(['', 'unknown', 'x'.repeat(512)])('with the token %j gives nothing away', async (token) => {
    const answers = [
      await accept({ token, password: PASSWORD }),
      await accept({ token }, cast.outsider.accessToken),
    ];
    for (const answer of answers)
      expect(refusal(answer)).toEqual(token ? [410, 'invitation_invalid'] : [400, 'validation_failed']);
  });

  describe('when the inviter lost the right to offer it', () => {
    const as = (person: Person) => ({ token: person.accessToken });
    const member = (id: string): string => `/api/organizations/${cast.organizationId}/members/${id}`;

    const LOSSES: [string, (inviter: Person) => Promise<Answer>, number][] = [
      ['was demoted', ({ id }) => app.patch(member(id), { role: 'team_manager' }, as(cast.owner)), 200],
      ['was removed', ({ id }) => app.delete(member(id), as(cast.owner)), 204],
      ['left', ({ id, accessToken }) => app.delete(member(id), { token: accessToken }), 204],
      ['was deactivated', ({ id }) => deactivate(id), 200],
      [
        'erased the account',
        ({ password, accessToken }) =>
          app.call('DELETE', '/api/auth/me', { token: accessToken, body: { password } }),
        204,
      ],
    ];
    const deactivate = async (id: string): Promise<Answer> => {
      await app.sql('UPDATE users SET home_organization_id = $1 WHERE id = $2', [cast.organizationId, id]);
      return app.patch(`/api/v1/users/${id}`, { is_active: false }, as(cast.owner));
    };

    it.each(LOSSES)(
      'because they %s: 403, until another admin sends it again',
      async (_what, lose, status) => {
        const inviter = await givenMemberOf(
          app,
          { organizationId: cast.organizationId, by: cast.owner },
          'admin',
        );
        const person = await givenPerson(app);
        const known = await givenInvitation(app, inviter, { email: person.email, role: 'team_manager' });
        const unknown = await givenInvitation(app, inviter);
        await expectStatus(status, lose(inviter));
        for (const { token } of [known, unknown]) expect(await validate(token)).toEqual(NOTHING);
        const refused = [
          await accept({ token: known.token }, person.accessToken),
          await accept({ token: unknown.token, password: PASSWORD }),
        ];
        for (const answer of refused) expect(refusal(answer)).toEqual([403, 'role_insufficient']);
        expect([(await roles())[person.id], await accounts(unknown.email)]).toEqual([undefined, []]);
        for (const { id } of [known, unknown])
          await expectStatus(200, app.call('POST', `/api/v1/invitations/${id}/resend`, as(cast.admin)));
        const [one, two] = [
          await app.lastLink(known.email, 'accept-invitation'),
          await app.lastLink(unknown.email, 'accept-invitation'),
        ];
        await expectStatus(200, accept({ token: one }, person.accessToken));
        await expectStatus(200, accept({ token: two, password: PASSWORD }));
        expect((await roles())[person.id]).toBe('team_manager');
      },
    );

    it('because they are no owner any more and offered ownership', async () => {
      const inviter = await givenMemberOf(
        app,
        { organizationId: cast.organizationId, by: cast.owner },
        'owner',
      );
      const { id, token } = await givenInvitation(app, inviter, { role: 'owner' });
      await expectStatus(200, app.patch(member(inviter.id), { role: 'admin' }, as(cast.owner)));
      expect(refusal(await accept({ token, password: PASSWORD }))).toEqual([403, 'role_insufficient']);
      const resent = await app.call('POST', `/api/v1/invitations/${id}/resend`, as(cast.admin));
      expect(refusal(resent)).toEqual([403, 'role_insufficient']);
      expect(Object.values(await roles()).filter((role) => role === 'owner')).toHaveLength(1);
    });
  });
});
