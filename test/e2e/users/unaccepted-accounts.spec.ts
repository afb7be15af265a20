import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { givenOwner, PASSWORD } from '@test/support/auth/given-users.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  addOrganizationMember,
  givenInvitation,
  givenMember,
  givenOwnerWithId,
  givenProvisionedUser,
  inParallel,
  storedAuditEvents,
  UNKNOWN_ID,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

const OWN_PASSWORD = 'magpies iron twelve carpets';

describe('an account that its user has not accepted', () => {
  let app: TestApp;
  let owner: UserWithId & { organizationId: string };
  let count = 0;

  beforeAll(async () => {
    app = await TestApp.start();
    await givenOwner(app); // the first account is an operator
  });
  beforeEach(async () => {
    owner = await givenOwnerWithId(app);
  });
  afterAll(() => app.stop());

  const newAddress = (): string => `unaccepted-${(count += 1)}-${process.pid}@example.com`;
  const provision = async (body: object = {}): Promise<UserWithId> => {
    const email = newAddress();
    const request = app.post('/api/v1/users', { email, ...body }, { token: owner.accessToken });
    return { ...owner, id: (await expectStatus(201, request)).body.id as string, email };
  };
  const resend = ({ id }: { id: string }, by: UserWithId = owner): Promise<TestResponse> =>
    app.call('POST', `/api/v1/users/${id}/resend-welcome`, { token: by.accessToken });
  const remove = ({ id }: { id: string }, by: UserWithId = owner): Promise<TestResponse> =>
    app.call('DELETE', `/api/v1/users/${id}`, { token: by.accessToken });
  const welcomeLink = ({ email }: UserWithId): Promise<string> => app.lastLinkToken(email, 'reset-password');
  const setPassword = (token: string): Promise<TestResponse> =>
    app.post('/api/v1/auth/reset-password', { token, password: OWN_PASSWORD });
  const auditedActions = async ({ id }: UserWithId): Promise<string[]> =>
    (await storedAuditEvents(app, owner.organizationId))
      .filter(({ target_id }) => target_id === id)
      .map(({ action }) => action);
  const accountsOf = ({ email }: UserWithId): Promise<unknown[]> =>
    app.sql('SELECT id FROM users WHERE email = $1', [email]);

  it('gets a new welcome link, which replaces the earlier one', async () => {
    const person = await provision();
    const first = await welcomeLink(person);
    app.clock.advance(25 * 3600);
    expect(statusAndCode(await setPassword(first))).toEqual([400, 'link_invalid']);
    owner.accessToken = (
      await app.post('/api/v1/auth/login', { email: owner.email, password: owner.password })
    ).body.access_token;
    await expectStatus(200, resend(person));
    const second = await welcomeLink(person);
    await expectStatus(200, resend(person));
    expect(statusAndCode(await setPassword(second))).toEqual([400, 'link_invalid']);
    await expectStatus(200, setPassword(await welcomeLink(person)));
    const subjects = (await app.mails(person.email)).map(({ subject }) => subject);
    expect(subjects.filter((subject) => subject === 'Your new account')).toHaveLength(3);
    expect(await auditedActions(person)).toEqual([
      'user.created',
      'user.welcome_resent',
      'user.welcome_resent',
    ]);
  });

  it('counts the resent mails as mails to a chosen address', async () => {
    const limited = await TestApp.start({ siblingOf: app, env: { RATE_LIMITS: 'on' } });
    try {
      const { id } = await provision();
      const token = owner.accessToken;
      const statuses: number[] = [];
      for (let mail = 1; mail <= 51; mail += 1)
        statuses.push((await limited.call('POST', `/api/v1/users/${id}/resend-welcome`, { token })).status);
      expect(statuses).toEqual([...Array.from({ length: 50 }, () => 200), 429]);
    } finally {
      await limited.stop();
    }
  });

  it('is deleted from every organization, and its address is free again', async () => {
    const person = await provision({ role: 'owner', password: 'herons borrow seven ladders' });
    const other = await givenOwnerWithId(app);
    const place = { organizationId: other.organizationId, by: other };
    await expectStatus(201, addOrganizationMember(app, place, { user_id: person.id }));
    const invitation = await givenInvitation(app, await givenOwnerWithId(app), { email: person.email });
    const link = await welcomeLink(person);
    await expectStatus(204, remove(person));
    expect(await accountsOf(person)).toEqual([]);
    expect(statusAndCode(await remove(person))).toEqual([404, 'user_not_found']);
    expect(statusAndCode(await setPassword(link))).toEqual([400, 'link_invalid']);
    expect(await auditedActions(person)).toEqual(['user.created', 'user.deleted']);
    const accept = { token: invitation.token, password: PASSWORD };
    await expectStatus(200, app.post('/api/v1/invitations/accept', accept));
  });

  it.each(['welcome link', 'first own password', 'reset by mail'])(
    'is neither resent nor deleted after its user accepted it by a %s',
    async (way) => {
      const initial = 'herons borrow seven ladders';
      const person = await provision(way === 'first own password' ? { password: initial } : {});
      let token = await welcomeLink(person);
      if (way === 'first own password')
        token = (await app.post('/api/v1/auth/login', { email: person.email, password: initial })).body.detail
          .reset_token;
      if (way === 'reset by mail') {
        await expectStatus(200, app.post('/api/v1/auth/forgot-password', { email: person.email }));
        token = await welcomeLink(person);
      }
      await expectStatus(200, setPassword(token));
      const refused = way === 'reset by mail' ? [403, 'not_home_organization'] : [409, 'account_accepted'];
      expect(statusAndCode(await resend(person))).toEqual(refused);
      expect(statusAndCode(await remove(person))).toEqual(refused);
      expect(await accountsOf(person)).toHaveLength(1);
    },
  );

  it('is changed only by its home organization, and never by a lower or equal role', async () => {
    const person = await provision({ role: 'admin' });
    const other = await givenOwnerWithId(app);
    const place = { organizationId: owner.organizationId, by: owner };
    await expectStatus(
      201,
      addOrganizationMember(app, { organizationId: other.organizationId, by: other }, { user_id: person.id }),
    );
    const [admin, member] = [await givenMember(app, place, 'admin'), await givenMember(app, place)];
    const stranger = await givenOwnerWithId(app);
    for (const act of [resend, remove]) {
      expect(statusAndCode(await act(person, other))).toEqual([403, 'not_home_organization']);
      expect(statusAndCode(await act(person, stranger))).toEqual([404, 'user_not_found']);
      expect(statusAndCode(await act(person, admin))).toEqual([403, 'role_insufficient']);
      expect(statusAndCode(await act(person, member))).toEqual([403, 'role_insufficient']);
      expect(statusAndCode(await act({ id: UNKNOWN_ID }))).toEqual([404, 'user_not_found']);
      expect(statusAndCode(await act(owner))).toEqual([409, 'account_accepted']);
    }
    await expectStatus(200, resend(await provision(), admin));
    await expectStatus(204, remove(await provision(), admin));
    const accepted = await givenProvisionedUser(app, owner);
    expect(statusAndCode(await remove(accepted, admin))).toEqual([409, 'account_accepted']);
  });

  it('is either accepted or deleted when both happen at the same time', async () => {
    await inParallel(8, async () => {
      const person = await provision();
      const token = await welcomeLink(person);
      const [accepted, deleted] = await Promise.all([setPassword(token), remove(person)]);
      const outcome = [accepted.status, deleted.status];
      expect([
        [200, 409],
        [400, 204],
        [401, 204],
      ]).toContainEqual(outcome);
      expect(await accountsOf(person)).toHaveLength(deleted.status === 204 ? 0 : 1);
    });
  });

  it('cannot be resent where no mail is sent', async () => {
    const silent = await TestApp.start({ siblingOf: app, env: { MAIL: 'off' } });
    try {
      const { id } = await provision();
      const token = owner.accessToken;
      const refused = await silent.call('POST', `/api/v1/users/${id}/resend-welcome`, { token });
      expect(statusAndCode(refused)).toEqual([503, 'mail_not_configured']);
    } finally {
      await silent.stop();
    }
  });
});
