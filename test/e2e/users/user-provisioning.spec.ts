import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { expectStatus, listAllPages, statusAndCode, invalidPaths } from '@test/support/http/responses.js';
import {
  storedAuditEvents,
  type OrganizationFixture,
  givenOrganization,
  givenOwnerWithId,
  givenProvisionedUser,
  type Role,
  ROLES,
  storedRoles,
} from '@test/support/organizations/given-organizations.js';

const USERS_URL = '/api/v1/users';
const INITIAL_PASSWORD = 'otters juggle nine lanterns';
const OWN_PASSWORD = 'walrus paints eleven harbours';
const HOUR = 3600;

describe('accounts that an admin creates', () => {
  let app: TestApp;
  let fixture: OrganizationFixture;
  let count = 0;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    fixture = await givenOrganization(app);
  });

  const newAddress = (): string => `new-${(count += 1)}@example.com`;
  const create = (body: object, by = fixture.owner, node = app): Promise<TestResponse> =>
    node.post(USERS_URL, body, { token: by.accessToken });
  const setPassword = (token: string, password = OWN_PASSWORD): Promise<TestResponse> =>
    app.post('/api/v1/auth/reset-password', { token, password });
  const login = (email: string, password: string): Promise<TestResponse> =>
    app.post('/api/v1/auth/login', { email, password });
  const findAccounts = (email: string): Promise<unknown[]> =>
    app.sql('SELECT id FROM users WHERE email = $1', [email]);

  it('belong to the organization, and the user gets a link by mail, never a password', async () => {
    const email = newAddress();
    const request = {
      email: email.toUpperCase(),
      first_name: 'Grace',
      last_name: 'Hopper',
      role: 'team_manager',
    };
    const { body } = await expectStatus(201, create(request));
    expect(body).toMatchObject({
      email,
      first_name: 'Grace',
      last_name: 'Hopper',
      role: 'member',
      is_active: true,
      email_verified: false,
      two_factor_enabled: false,
      last_login_at: null,
      organization: { id: fixture.organizationId },
    });
    expect(Object.keys(body).join()).not.toMatch(/password/);
    expect((await storedRoles(app, fixture.organizationId))[body.id]).toBe('team_manager');
    expect(statusAndCode(await login(email, INITIAL_PASSWORD))).toEqual([401, 'credentials_invalid']);
    await expectStatus(200, setPassword(await app.lastLinkToken(email, 'reset-password')));
    const session = await expectStatus(200, login(email, OWN_PASSWORD));
    const me = await expectStatus(200, app.get('/api/v1/users/me', { token: session.body.access_token }));
    expect(me.body).toMatchObject({ id: body.id, email_verified: true });
  });

  it('can be activated once by the link, within 24 hours', async () => {
    const [soon, late] = [newAddress(), newAddress()];
    for (const email of [soon, late]) await expectStatus(201, create({ email }));
    const [first, second] = [
      await app.lastLinkToken(soon, 'reset-password'),
      await app.lastLinkToken(late, 'reset-password'),
    ];
    app.clock.advance(24 * HOUR - 60);
    await expectStatus(200, setPassword(first));
    expect(statusAndCode(await setPassword(first))).toEqual([400, 'link_invalid']);
    app.clock.advance(61);
    expect(statusAndCode(await setPassword(second))).toEqual([400, 'link_invalid']);
    await expectStatus(200, app.post('/api/v1/auth/forgot-password', { email: late }));
    await expectStatus(200, setPassword(await app.lastLinkToken(late, 'reset-password')));
  });

  describe('with a password that the admin has set', () => {
    const XENTREE_TOKEN_URL = '/api/auth/token';

    it('get no session in either API before the user replaced the password', async () => {
      const email = newAddress();
      await expectStatus(201, create({ email, password: INITIAL_PASSWORD }));
      expect(JSON.stringify(await app.mails(email))).not.toContain(INITIAL_PASSWORD);
      const form = { username: email, password: INITIAL_PASSWORD };
      for (const response of [
        await login(email, INITIAL_PASSWORD),
        await app.post(XENTREE_TOKEN_URL, undefined, { form }),
      ]) {
        expect(statusAndCode(response)).toEqual([403, 'password_change_required']);
        expect(JSON.stringify(response.body)).not.toMatch(/access_token|refresh_token|temp_token/);
      }
      const { reset_token } = (await login(email, INITIAL_PASSWORD)).body.detail;
      expect(statusAndCode(await setPassword(reset_token, 'password1'))).toEqual([400, 'password_too_weak']);
      await expectStatus(200, setPassword(reset_token));
      const session = await expectStatus(200, login(email, OWN_PASSWORD));
      const me = await app.get('/api/v1/users/me', { token: session.body.access_token });
      expect(me.body.email_verified).toBe(false); // the reset token of a log-in does not verify the address
      expect(statusAndCode(await login(email, INITIAL_PASSWORD))).toEqual([401, 'credentials_invalid']);
    });

    it('cannot keep the same password', async () => {
      const email = newAddress();
      await expectStatus(201, create({ email, password: INITIAL_PASSWORD }));
      const { reset_token } = (await login(email, INITIAL_PASSWORD)).body.detail;
      const same = await setPassword(reset_token, INITIAL_PASSWORD);
      expect(same.status).toBe(400);
      expect(statusAndCode(await login(email, INITIAL_PASSWORD))).toEqual([403, 'password_change_required']);
    });

    it('get a reset token that lasts 15 minutes, works once and is replaced by the next one', async () => {
      const email = newAddress();
      await expectStatus(201, create({ email, password: INITIAL_PASSWORD }));
      const tokenOf = async (): Promise<string> =>
        (await login(email, INITIAL_PASSWORD)).body.detail.reset_token as string;
      const [first, second] = [await tokenOf(), await tokenOf()];
      expect(statusAndCode(await setPassword(first))).toEqual([400, 'link_invalid']);
      app.clock.advance(15 * 60 + 1);
      expect(statusAndCode(await setPassword(second))).toEqual([400, 'link_invalid']);
      const third = await tokenOf();
      const answers = await Promise.all([setPassword(third), setPassword(third)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    });

    it.each([
      ['a common password', 'password1', 'password_too_weak'],
      ['a short password', 'short', 'validation_failed'],
    ])('cannot be created with %s', async (_what, password, code) => {
      const email = newAddress();
      expect(statusAndCode(await create({ email, password }))).toEqual([400, code]);
      expect(await findAccounts(email)).toEqual([]);
    });
  });

  const ASSIGNABLE_ROLES: Record<Role, Role[]> = {
    owner: ['owner', 'admin', 'team_manager', 'member'],
    admin: ['team_manager', 'member'],
    team_manager: [],
    member: [],
  };
  it.each(ROLES.flatMap((actor) => ROLES.map((role) => [actor, role] as const)))(
    'can be created for lower roles only, and by owners for all roles: %s creates a %s',
    async (actor, role) => {
      const email = newAddress();
      const response = await create({ email, role }, fixture[actor]);
      const allowed = ASSIGNABLE_ROLES[actor].includes(role);
      if (allowed) expect((await storedRoles(app, fixture.organizationId))[response.body.id]).toBe(role);
      else expect(statusAndCode(response)).toEqual([403, 'role_insufficient']);
      expect([(await findAccounts(email)).length, (await app.mails(email)).length]).toEqual(
        allowed ? [1, 1] : [0, 0],
      );
    },
  );

  it('need an unused address, and a failed attempt leaves nothing', async () => {
    const before = [
      await storedRoles(app, fixture.organizationId),
      await storedAuditEvents(app, fixture.organizationId),
    ];
    for (const { email } of [fixture.member, fixture.outsider])
      expect(statusAndCode(await create({ email: email.toUpperCase() }))).toEqual([409, 'email_taken']);
    expect([
      await storedRoles(app, fixture.organizationId),
      await storedAuditEvents(app, fixture.organizationId),
    ]).toEqual(before);
  });

  it.each([
    ['no address', {}, 'email'],
    ['a role that does not exist', { email: 'x@example.com', role: 'root' }, 'role'],
    ['a state', { email: 'x@example.com', is_active: false }, 'is_active'],
  ])('cannot be created with %s', async (_what, body, path) => {
    const refused = await expectStatus(400, create(body));
    expect(invalidPaths(refused)[0]).toBe(path);
  });

  it('need mail, unless they get a password', async () => {
    const appWithoutMail = await TestApp.start({ siblingOf: app, env: { MAIL: 'off' } });
    try {
      const [none, some] = [newAddress(), newAddress()];
      expect(statusAndCode(await create({ email: none }, fixture.owner, appWithoutMail))).toEqual([
        503,
        'mail_not_configured',
      ]);
      expect(await findAccounts(none)).toEqual([]);
      await expectStatus(
        201,
        create({ email: some, password: INITIAL_PASSWORD }, fixture.owner, appWithoutMail),
      );
      expect(statusAndCode(await login(some, INITIAL_PASSWORD))).toEqual([403, 'password_change_required']);
    } finally {
      await appWithoutMail.stop();
    }
  });

  describe('in the list of users', () => {
    const list = async (by = fixture.owner): Promise<Record<string, never>[]> =>
      (await expectStatus(200, app.get(USERS_URL, { token: by.accessToken }))).body;

    it('are listed newest first, each on exactly one page, and only those of this organization', async () => {
      const ids = [fixture.member.id, fixture.team_manager.id, fixture.admin.id, fixture.owner.id];
      for (let index = 0; index < 8; index += 1)
        ids.unshift((await expectStatus(201, create({ email: newAddress() }))).body.id);
      expect((await list(fixture.admin)).map(({ id }) => id)).toEqual(ids);
      const { rows, pages } = await listAllPages<{ id: string }>(
        app,
        `${USERS_URL}?limit=5`,
        fixture.owner.accessToken,
      );
      expect([rows.map(({ id }) => id), pages]).toEqual([ids, 3]);
      const other = await givenOwnerWithId(app);
      expect((await list(other)).map(({ id }) => id)).toEqual([other.id]);
    });

    it.each(['team_manager', 'member'] as const)('are not shown to a %s', async (role) => {
      const refused = await app.get(USERS_URL, { token: fixture[role].accessToken });
      expect(statusAndCode(refused)).toEqual([403, 'role_insufficient']);
    });

    it('show private fields only in the home organization', async () => {
      const made = await givenProvisionedUser(app, fixture.owner);
      const guest = await givenOwnerWithId(app);
      const own = { phone_number: '+49 30 1234567', email_preferences: { usage_billing: false } };
      for (const person of [made, guest])
        await expectStatus(200, app.patch('/api/v1/users/me', own, { token: person.accessToken }));
      const url = `/api/organizations/${fixture.organizationId}/members`;
      await expectStatus(201, app.post(url, { user_id: guest.id }, { token: fixture.owner.accessToken }));
      const rows = await list();
      expect(rows.find(({ id }) => id === made.id)).toMatchObject(own);
      const hidden = {
        email: guest.email,
        phone_number: null,
        last_login_at: null,
        email_preferences: { usage_billing: true, ai_studio: true, system_alerts: true },
        organization: { id: fixture.organizationId },
      };
      expect(rows.find(({ id }) => id === guest.id)).toMatchObject(hidden);
      const change = app.patch(
        `${USERS_URL}/${guest.id}`,
        { role: 'admin' },
        { token: fixture.owner.accessToken },
      );
      expect((await expectStatus(200, change)).body).toMatchObject({ ...hidden, role: 'admin' });
    });
  });
});
