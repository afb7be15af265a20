import { Client } from 'pg';
import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { givenOwner, givenUser, type TestUser, PASSWORD } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';

/** A transaction of another process that has changed a row and stays open while a request waits for that row. */
async function whileLocked(
  app: TestApp,
  change: string,
  values: unknown[],
  act: () => Promise<TestResponse>,
): Promise<TestResponse> {
  const other = new Client({ connectionString: app.databaseUrl });
  await other.connect();
  try {
    await other.query('BEGIN');
    await other.query(change, values);
    const response = act();
    await waitForLock(app);
    await other.query('COMMIT');
    return await response;
  } finally {
    await other.end();
  }
}

async function waitForLock(app: TestApp): Promise<void> {
  for (;;) {
    const text = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    if ((await app.sql(text)).length > 0) return;
  }
}

describe('a login that waits for a concurrent change of the account', () => {
  let app: TestApp;
  let user: TestUser;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(async () => {
    user = await givenUser(app);
  });
  afterAll(() => app.stop());

  const logIn = (): Promise<TestResponse> =>
    app.post('/api/v1/auth/login', { email: user.email, password: PASSWORD });

  it('opens no session with a password that was replaced', async () => {
    const text = `UPDATE users SET password_hash = 'another' WHERE email = $1`;
    const { status, body } = await whileLocked(app, text, [user.email], logIn);
    expect([status, body.detail]).toEqual([401, 'Invalid email or password']);
  });

  it('opens no session of an account that was closed', async () => {
    const text = 'UPDATE users SET is_active = false WHERE email = $1';
    expect((await whileLocked(app, text, [user.email], logIn)).status).toBe(401);
    expect(
      await app.sql('SELECT FROM sessions s JOIN users u ON u.id = s.user_id WHERE NOT is_active'),
    ).toHaveLength(1);
  });

  it('is refused when the account was deleted', async () => {
    const text = 'DELETE FROM users WHERE email = $1';
    expect((await whileLocked(app, text, [user.email], logIn)).status).toBe(401);
  });

  it('requires the second factor that was set up', async () => {
    const text = `WITH held AS (SELECT id FROM users WHERE email = $1 FOR UPDATE)
                  INSERT INTO second_factors (user_id, method, created_at) SELECT id, 'email', now() FROM held`;
    const { body } = await whileLocked(app, text, [user.email], logIn);
    expect(body).toMatchObject({ access_token: null, two_factor_required: true, two_factor_method: 'email' });
  });
});

describe('a change of members that waits for a concurrent change', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  it('does not add a user whose account was erased', async () => {
    const owner = await givenOwner(app);
    const { email } = await givenUser(app);
    const add = (): Promise<TestResponse> =>
      app.post(`/api/organizations/${owner.organizationId}/members`, { email }, { token: owner.accessToken });
    const { status, body } = await whileLocked(app, 'DELETE FROM users WHERE email = $1', [email], add);
    expect([status, body.code]).toEqual([404, 'user_not_found']);
  });

  it('makes the erasure of an account wait, so that an organization keeps an owner', async () => {
    const founder = await givenOwner(app);
    const successor = await givenUser(app);
    const url = `/api/organizations/${founder.organizationId}/members`;
    const token = founder.accessToken;
    await expectStatus(201, app.post(url, { email: (await givenUser(app)).email }, { token }));
    // The founder leaves the organization to the heir, who is about to go.
    const hand = `WITH joined AS (
        INSERT INTO memberships (id, organization_id, user_id, role, self_joined, joined_at)
        SELECT gen_random_uuid(), $1, id, 'owner', true, now() FROM users WHERE email = $2)
      DELETE FROM memberships WHERE organization_id = $1 AND role = 'owner'`;
    const erase = (): Promise<TestResponse> =>
      app.delete('/api/auth/me', { token: successor.accessToken, body: { password: PASSWORD } });
    const { status, body } = await whileLocked(app, hand, [founder.organizationId, successor.email], erase);
    expect([status, body.code]).toEqual([409, 'last_owner']);
  });

  it('returns 503 when an organization stays locked, and other requests are served', async () => {
    const owner = await givenOwner(app);
    const other = new Client({ connectionString: app.databaseUrl });
    await other.connect();
    await other.query('BEGIN');
    await other.query('SELECT FROM organizations WHERE id = $1 FOR UPDATE', [owner.organizationId]);
    const url = `/api/organizations/${owner.organizationId}`;
    const stuck = app.patch(url, { name: 'Stuck' }, { token: owner.accessToken });
    await expectStatus(200, app.get(url, { token: owner.accessToken }));
    const { status, body, headers } = await stuck;
    await other.end();
    expect([status, body.code, Number(headers['retry-after']) > 0]).toEqual([503, 'overloaded', true]);
  });
});
