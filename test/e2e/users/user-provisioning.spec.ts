import { type Answer, TestApp } from '@test/support/app/test-app.js';
import { expectStatus } from '@test/support/auth/given-users.js';
import {
  auditRows,
  type Cast,
  givenCast,
  givenFounder,
  givenProvisioned,
  refusal,
  type Role,
  ROLES,
  rolesIn,
  walk,
} from '@test/support/organizations/given-organizations.js';

const URL_OF_ALL = '/api/v1/users';
const GIVEN = 'otters juggle nine lanterns';
const OWN = 'walrus paints eleven harbours';
const HOUR = 3600;

describe('accounts that an organization makes', () => {
  let app: TestApp;
  let cast: Cast;
  let count = 0;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    cast = await givenCast(app);
  });

  const address = (): string => `new-${(count += 1)}@example.com`;
  const create = (body: object, by = cast.owner, node = app): Promise<Answer> =>
    node.post(URL_OF_ALL, body, { token: by.accessToken });
  const setPassword = (token: string, password = OWN): Promise<Answer> =>
    app.post('/api/v1/auth/reset-password', { token, password });
  const login = (email: string, password: string): Promise<Answer> =>
    app.post('/api/v1/auth/login', { email, password });
  const accounts = (email: string): Promise<unknown[]> =>
    app.sql('SELECT id FROM users WHERE email = $1', [email]);

  it('belong to it, and their owner gets a link by mail, never a password', async () => {
    const email = address();
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
      organization: { id: cast.organizationId },
    });
    expect(Object.keys(body).join()).not.toMatch(/password/);
    expect((await rolesIn(app, cast.organizationId))[body.id]).toBe('team_manager');
    expect(refusal(await login(email, GIVEN))).toEqual([401, 'credentials_invalid']);
    await expectStatus(200, setPassword(await app.lastLink(email, 'reset-password')));
    const session = await expectStatus(200, login(email, OWN));
    const me = await expectStatus(200, app.get('/api/v1/users/me', { token: session.body.access_token }));
    expect(me.body).toMatchObject({ id: body.id, email_verified: true });
  });

  it('have 24 hours for the link, which works once', async () => {
    const [soon, late] = [address(), address()];
    for (const email of [soon, late]) await expectStatus(201, create({ email }));
    const [first, second] = [
      await app.lastLink(soon, 'reset-password'),
      await app.lastLink(late, 'reset-password'),
    ];
    app.clock.advance(24 * HOUR - 60);
    await expectStatus(200, setPassword(first));
    expect(refusal(await setPassword(first))).toEqual([400, 'link_invalid']);
    app.clock.advance(61);
    expect(refusal(await setPassword(second))).toEqual([400, 'link_invalid']);
    await expectStatus(200, app.post('/api/v1/auth/forgot-password', { email: late }));
    await expectStatus(200, setPassword(await app.lastLink(late, 'reset-password')));
  });

  describe('with a password of somebody else', () => {
    const XENTREE = '/api/auth/token';

    it('open no session on either face before their owner replaced it', async () => {
      const email = address();
      await expectStatus(201, create({ email, password: GIVEN }));
      expect(JSON.stringify(await app.mails(email))).not.toContain(GIVEN);
      const form = { username: email, password: GIVEN };
      for (const answer of [await login(email, GIVEN), await app.post(XENTREE, undefined, { form })]) {
        expect(refusal(answer)).toEqual([403, 'password_change_required']);
        expect(JSON.stringify(answer.body)).not.toMatch(/access_token|refresh_token|temp_token/);
      }
      const { reset_token } = (await login(email, GIVEN)).body.detail;
      expect(refusal(await setPassword(reset_token, 'password1'))).toEqual([400, 'password_too_weak']);
      await expectStatus(200, setPassword(reset_token));
      const session = await expectStatus(200, login(email, OWN));
      const me = await app.get('/api/v1/users/me', { token: session.body.access_token });
      expect(me.body.email_verified).toBe(false); // a token from the login proves no address
      expect(refusal(await login(email, GIVEN))).toEqual([401, 'credentials_invalid']);
    });

    it('are not taken up with that same password', async () => {
      const email = address();
      await expectStatus(201, create({ email, password: GIVEN }));
      const { reset_token } = (await login(email, GIVEN)).body.detail;
      const same = await setPassword(reset_token, GIVEN);
      expect(same.status).toBe(400);
      expect(refusal(await login(email, GIVEN))).toEqual([403, 'password_change_required']);
    });

    it('give a token for it that lasts 15 minutes, works once and ends with the next', async () => {
      const email = address();
      await expectStatus(201, create({ email, password: GIVEN }));
      const tokenOf = async (): Promise<string> =>
        (await login(email, GIVEN)).body.detail.reset_token as string;
      const [first, second] = [await tokenOf(), await tokenOf()];
      expect(refusal(await setPassword(first))).toEqual([400, 'link_invalid']);
      app.clock.advance(15 * 60 + 1);
      expect(refusal(await setPassword(second))).toEqual([400, 'link_invalid']);
      const third = await tokenOf();
      const answers = await Promise.all([setPassword(third), setPassword(third)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    });

    it.each([
      ['a common one', 'password1', 'password_too_weak'],
      ['a short one', 'short', 'validation_failed'],
    ])('are not made with %s', async (_what, password, code) => {
      const email = address();
      expect(refusal(await create({ email, password }))).toEqual([400, code]);
      expect(await accounts(email)).toEqual([]);
    });
  });

  const BELOW: Record<Role, Role[]> = {
    owner: ['owner', 'admin', 'team_manager', 'member'],
    admin: ['team_manager', 'member'],
    team_manager: [],
    member: [],
  };
  it.each(ROLES.flatMap((actor) => ROLES.map((role) => [actor, role] as const)))(
    'are made by those who outrank them: %s makes a %s',
    async (actor, role) => {
      const email = address();
      const answer = await create({ email, role }, cast[actor]);
      const allowed = BELOW[actor].includes(role);
      if (allowed) expect((await rolesIn(app, cast.organizationId))[answer.body.id]).toBe(role);
      else expect(refusal(answer)).toEqual([403, 'role_insufficient']);
      expect([(await accounts(email)).length, (await app.mails(email)).length]).toEqual(
        allowed ? [1, 1] : [0, 0],
      );
    },
  );

  it('need an address nobody has, and a failed attempt leaves nothing', async () => {
    const before = [await rolesIn(app, cast.organizationId), await auditRows(app, cast.organizationId)];
    for (const { email } of [cast.member, cast.outsider])
      expect(refusal(await create({ email: email.toUpperCase() }))).toEqual([409, 'email_taken']);
    expect([await rolesIn(app, cast.organizationId), await auditRows(app, cast.organizationId)]).toEqual(
      before,
    );
  });

  it.each([
    ['no address', {}, 'email'],
    ['a role that does not exist', { email: 'x@example.com', role: 'root' }, 'role'],
    ['a state', { email: 'x@example.com', is_active: false }, 'is_active'],
  ])('are not made with %s', async (_what, body, path) => {
    const refused = await expectStatus(400, create(body));
    expect(refused.body.detail.fields[0].path).toBe(path);
  });

  it('need mail, unless they come with a password', async () => {
    const mute = await TestApp.start({ beside: app, env: { MAIL: 'off' } });
    try {
      const [none, some] = [address(), address()];
      expect(refusal(await create({ email: none }, cast.owner, mute))).toEqual([503, 'mail_not_configured']);
      expect(await accounts(none)).toEqual([]);
      await expectStatus(201, create({ email: some, password: GIVEN }, cast.owner, mute));
      expect(refusal(await login(some, GIVEN))).toEqual([403, 'password_change_required']);
    } finally {
      await mute.stop();
    }
  });

  describe('in the list of people', () => {
    const list = async (by = cast.owner): Promise<Record<string, never>[]> =>
      (await expectStatus(200, app.get(URL_OF_ALL, { token: by.accessToken }))).body;

    it('stand newest first, each on one page, and only those of this organization', async () => {
      const ids = [cast.member.id, cast.team_manager.id, cast.admin.id, cast.owner.id];
      for (let index = 0; index < 8; index += 1)
        ids.unshift((await expectStatus(201, create({ email: address() }))).body.id);
      expect((await list(cast.admin)).map(({ id }) => id)).toEqual(ids);
      const { rows, pages } = await walk<{ id: string }>(
        app,
        `${URL_OF_ALL}?limit=5`,
        cast.owner.accessToken,
      );
      expect([rows.map(({ id }) => id), pages]).toEqual([ids, 3]);
      const other = await givenFounder(app);
      expect((await list(other)).map(({ id }) => id)).toEqual([other.id]);
    });

    it.each(['team_manager', 'member'] as const)('are not shown to a %s', async (role) => {
      const refused = await app.get(URL_OF_ALL, { token: cast[role].accessToken });
      expect(refusal(refused)).toEqual([403, 'role_insufficient']);
    });

    it('show what is private at home only', async () => {
      const made = await givenProvisioned(app, cast.owner);
      const guest = await givenFounder(app);
      const own = { phone_number: '+49 30 1234567', email_preferences: { usage_billing: false } };
      for (const person of [made, guest])
        await expectStatus(200, app.patch('/api/v1/users/me', own, { token: person.accessToken }));
      const url = `/api/organizations/${cast.organizationId}/members`;
      await expectStatus(201, app.post(url, { user_id: guest.id }, { token: cast.owner.accessToken }));
      const rows = await list();
      expect(rows.find(({ id }) => id === made.id)).toMatchObject(own);
      const hidden = {
        email: guest.email,
        phone_number: null,
        last_login_at: null,
        email_preferences: { usage_billing: true, ai_studio: true, system_alerts: true },
        organization: { id: cast.organizationId },
      };
      expect(rows.find(({ id }) => id === guest.id)).toMatchObject(hidden);
      const change = app.patch(
        `${URL_OF_ALL}/${guest.id}`,
        { role: 'admin' },
        { token: cast.owner.accessToken },
      );
      expect((await expectStatus(200, change)).body).toMatchObject({ ...hidden, role: 'admin' });
    });
  });
});
