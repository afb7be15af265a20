import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { enableTwoFactor, givenOwner, givenUser, PASSWORD } from '@test/support/auth/given-users.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  givenOwnerWithId,
  givenUserWithId,
  logIn,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

const INTRUDER_PASSWORD = 'herons borrow seven ladders';
const OWN_PASSWORD = 'magpies iron twelve carpets';
const OPERATORS = Array.from({ length: 12 }, (_, index) => `op-${index}@corp.test`);

/** Attacks on the guarantee that only operators make, change or become operators. */
describe('the account of an operator', () => {
  let app: TestApp;
  let intruder: UserWithId & { organizationId: string };
  let nextOperator = 0;

  beforeAll(async () => {
    app = await TestApp.start({ env: { ADMIN_EMAILS: OPERATORS.join(',') } });
    await givenOwner(app); // the first account is an operator
    intruder = await givenOwnerWithId(app);
  });
  afterAll(() => app.stop());

  const newOperatorAddress = (): string => OPERATORS[(nextOperator += 1)] ?? '';
  const isOperator = async (token: string): Promise<boolean> =>
    (await expectStatus(200, app.get('/api/auth/me', { token }))).body.is_super_admin as boolean;
  const idOf = async (email: string): Promise<string> =>
    (await app.sql<{ id: string }>('SELECT id FROM users WHERE email = $1', [email]))[0]?.id ?? '';
  const verify = async (email: string): Promise<void> => {
    const token = await app.lastLinkToken(email, 'verify-email');
    await expectStatus(200, app.post('/api/v1/auth/verify-email', { token }));
  };
  const resetByMail = async (email: string): Promise<TestResponse> => {
    await expectStatus(200, app.post('/api/v1/auth/forgot-password', { email }));
    const token = await app.lastLinkToken(email, 'reset-password');
    return app.post('/api/v1/auth/reset-password', { token, password: OWN_PASSWORD });
  };
  /** Registers an operator in the Xentree API. */
  const givenOperator = async (): Promise<UserWithId> => {
    const email = newOperatorAddress();
    const username = email.replace('@corp.test', `-${process.pid}`);
    await expectStatus(201, app.post('/api/auth/register', { username, email, password: PASSWORD }));
    await verify(email);
    const operator = { ...intruder, id: await idOf(email), username, email, password: PASSWORD };
    return { ...operator, accessToken: await logIn(app, operator) };
  };
  /** Makes an organization the home of an account, as before the account became an operator. */
  const setHome = (id: string, organizationId: string): Promise<object[]> =>
    app.sql('UPDATE users SET home_organization_id = $2 WHERE id = $1', [id, organizationId]);
  const addMember = (id: string, role = 'member', by = intruder): Promise<TestResponse> =>
    expectStatus(
      201,
      app.post(
        `/api/organizations/${by.organizationId}/members`,
        { user_id: id, role },
        { token: by.accessToken },
      ),
    );
  const expectUnchangeable = async (id: string, code: string, by = intruder): Promise<void> => {
    const changes = [
      { password: INTRUDER_PASSWORD },
      { email: `taken-${id}@example.com` },
      { is_active: false },
      { first_name: 'Eve' },
    ];
    const token = by.accessToken;
    for (const change of changes)
      expect(statusAndCode(await app.patch(`/api/v1/users/${id}`, change, { token }))).toEqual([403, code]);
    const reset = await app.call('POST', `/api/v1/users/${id}/reset-2fa`, { token });
    expect(statusAndCode(reset)).toEqual([403, code]);
  };

  it('is not provisioned by an organization: the answer is the one for a taken address', async () => {
    const email = newOperatorAddress();
    const token = intruder.accessToken;
    for (const body of [{ email }, { email: email.toUpperCase(), password: INTRUDER_PASSWORD }])
      expect(statusAndCode(await app.post('/api/v1/users', body, { token }))).toEqual([409, 'email_taken']);
    expect(await app.mails(email)).toEqual([]);
    expect(await idOf(email)).toBe('');
  });

  it('is not made of a provisioned account by a correction of its address', async () => {
    const email = newOperatorAddress();
    const token = intruder.accessToken;
    const request = app.post('/api/v1/users', { email: `x-${email}` }, { token });
    const { id } = (await expectStatus(201, request)).body;
    const change = await app.patch(`/api/v1/users/${id}`, { email }, { token });
    expect(statusAndCode(change)).toEqual([409, 'email_taken']);
    expect(await app.mails(email)).toEqual([]);
  });

  it('gets no home organization from an invitation', async () => {
    const email = newOperatorAddress();
    const token = intruder.accessToken;
    await expectStatus(201, app.post('/api/v1/invitations', { email }, { token }));
    const link = await app.lastLinkToken(email, 'accept-invitation');
    const accept = { token: link, password: OWN_PASSWORD };
    const { body } = await expectStatus(200, app.post('/api/v1/invitations/accept', accept));
    expect(await isOperator(body.access_token)).toBe(true);
    await expectUnchangeable(await idOf(email), 'role_insufficient');
    const [row] = await app.sql('SELECT home_organization_id AS home FROM users WHERE email = $1', [email]);
    expect(row).toEqual({ home: null });
  });

  it('is not changed by its home organization, at whatever time the user became an operator', async () => {
    const operator = await givenOperator();
    await addMember(operator.id);
    await setHome(operator.id, intruder.organizationId);
    await enableTwoFactor(app, operator, 'totp');
    await expectUnchangeable(operator.id, 'role_insufficient');
    expect(await isOperator(operator.accessToken)).toBe(true);
  });

  it('is changed by an operator who is an admin of its home organization', async () => {
    const [operator, admin] = [await givenOperator(), await givenOperator()];
    await addMember(operator.id);
    await addMember(admin.id, 'admin');
    await setHome(operator.id, intruder.organizationId);
    const change = { first_name: 'Grace', password: INTRUDER_PASSWORD };
    await expectStatus(200, app.patch(`/api/v1/users/${operator.id}`, change, { token: admin.accessToken }));
  });

  it('is not changed at the same time as its address is confirmed', async () => {
    const email = newOperatorAddress();
    const registration = { email, password: PASSWORD, company_name: 'Corp' };
    const { body } = await expectStatus(201, app.post('/api/v1/auth/register', registration));
    const id = await idOf(email);
    const second = await givenUserWithId(app);
    const by = { ...second, organizationId: body.organization_id as string };
    await addMember(second.id, 'owner', { ...by, accessToken: body.access_token });
    const choice = { organization_id: by.organizationId };
    await expectStatus(200, app.patch('/api/auth/me', choice, { token: second.accessToken }));
    const token = await app.lastLinkToken(email, 'verify-email');
    const [confirmed, change] = await Promise.all([
      app.post('/api/v1/auth/verify-email', { token }),
      app.patch(`/api/v1/users/${id}`, { password: INTRUDER_PASSWORD }, { token: second.accessToken }),
    ]);
    expect(confirmed.status).toBe(200);
    expect([200, 403]).toContain(change.status); // 200: the change came before
    await expectUnchangeable(id, 'role_insufficient', by);
    const resetResponse = await resetByMail(email);
    expect(resetResponse.status).toBe(200);
    await expectUnchangeable(id, 'role_insufficient', by);
  });

  it('is not obtained by a change of address: its holder gets no link to click', async () => {
    const email = newOperatorAddress();
    const { accessToken: token } = await givenUser(app);
    await expectStatus(200, app.post('/api/auth/email', { email, password: PASSWORD }, { token }));
    expect(await app.mails(email)).toEqual([]);
    expect(await isOperator(token)).toBe(false);
  });

  it('is not obtained by a link that was sent before the address became the one of an operator', async () => {
    const email = `later-${process.pid}@corp.test`;
    const { accessToken: token } = await givenUser(app);
    await expectStatus(200, app.post('/api/auth/email', { email, password: PASSWORD }, { token }));
    const link = await app.lastLinkToken(email, 'verify-email');
    const later = await TestApp.start({ siblingOf: app, env: { ADMIN_EMAILS: email } });
    try {
      const confirmed = await later.post('/api/v1/auth/verify-email', { token: link });
      expect(statusAndCode(confirmed)).toEqual([400, 'link_invalid']);
    } finally {
      await later.stop();
    }
  });

  it('is not obtained by restoring an address that the account never confirmed', async () => {
    const email = newOperatorAddress();
    const username = `stranger-${process.pid}`;
    await expectStatus(201, app.post('/api/auth/register', { username, email, password: PASSWORD }));
    const token = await logIn(app, { ...intruder, email, password: PASSWORD });
    const other = `${username}@example.com`;
    await expectStatus(200, app.post('/api/auth/email', { email: other, password: PASSWORD }, { token }));
    await verify(other);
    const revert = { token: await app.lastLinkToken(email, 'revert-email') };
    await expectStatus(200, app.post('/api/v1/auth/revert-email', revert));
    expect(await isOperator(await logIn(app, { ...intruder, email, password: PASSWORD }))).toBe(false);
  });

  it('belongs to the holder of the address alone after a reset, whatever was prepared before', async () => {
    const email = newOperatorAddress();
    const registration = { email, password: INTRUDER_PASSWORD, company_name: 'Trap' };
    const { body } = await expectStatus(201, app.post('/api/v1/auth/register', registration));
    const call = { token: body.access_token as string };
    const escape = { email: `escape-${email}`, password: INTRUDER_PASSWORD };
    await expectStatus(200, app.post('/api/auth/email', escape, call));
    const key = { name: 'Trap', organization_id: body.organization_id, scopes: ['organizations:read'] };
    const made = await expectStatus(201, app.post('/api/api-keys', key, call));
    expect((await resetByMail(email)).status).toBe(200);
    expect((await app.get('/api/auth/me', call)).status).toBe(401);
    const link = await app.lastLinkToken(escape.email, 'verify-email');
    const escaped = await app.post('/api/v1/auth/verify-email', { token: link });
    expect(statusAndCode(escaped)).toEqual([400, 'link_invalid']);
    const usedKey = await app.get('/api/organizations', { headers: { 'x-api-key': made.body.key } });
    expect(usedKey.status).toBe(401);
    const login = await app.post('/api/v1/auth/login', { email, password: INTRUDER_PASSWORD });
    expect(login.status).toBe(401);
    expect(await isOperator(await logIn(app, { ...intruder, email, password: OWN_PASSWORD }))).toBe(true);
  });
});
