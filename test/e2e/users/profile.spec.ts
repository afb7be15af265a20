import { TestApp } from '@test/support/app/test-app.js';
import { givenOwner, givenUser, PASSWORD } from '@test/support/auth/given-users.js';
import { expectStatus, invalidPaths } from '@test/support/http/responses.js';

const OTHER_PASSWORD = 'seven violet glaciers hum';

describe('the profile of the caller', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  const READ_ONLY = {
    id: '0197e0c2-6a53-7cc1-9d3a-6f1f3b0f1c11',
    email: 'else@example.com',
    email_verified: true,
    role: 'owner',
    is_super_admin: true,
    is_active: false,
    two_factor_enabled: true,
    created_at: '2020-01-01T00:00:00.000Z',
    updated_at: '2020-01-01T00:00:00.000Z',
  };

  it('accepts an unchanged profile and changes nothing, in both APIs', async () => {
    await givenUser(app); // the first account is the operator
    for (const { accessToken: token } of [await givenUser(app), await givenOwner(app)]) {
      const me = await expectStatus(200, app.get('/api/auth/me', { token }));
      const same = await expectStatus(200, app.patch('/api/auth/me', me.body, { token }));
      expect({ ...same.body, updated_at: '' }).toEqual({ ...me.body, updated_at: '' });
      const xc = await expectStatus(200, app.get('/api/v1/users/me', { token }));
      const sameXc = await expectStatus(200, app.patch('/api/v1/users/me', xc.body, { token }));
      expect(sameXc.body).toEqual(xc.body);
    }
  });

  it.each([
    ['Europe/Berlin', 'Europe/Berlin'],
    ['america/argentina/buenos_aires', 'America/Argentina/Buenos_Aires'],
    ['UTC', 'UTC'],
  ])('takes the time zone %s, which PostgreSQL knows as well', async (timezone, stored) => {
    const { accessToken: token } = await givenUser(app);
    const { body } = await expectStatus(200, app.patch('/api/auth/me', { timezone }, { token }));
    expect(body.timezone).toBe(stored);
    const [row] = await app.sql<{ known: boolean }>(
      'SELECT EXISTS (SELECT FROM pg_timezone_names WHERE name = $1) AS known',
      [body.timezone],
    );
    expect(row?.known).toBe(true);
  });

  it.each(['BST', 'IST', 'ART', 'AET', 'EST', 'Cuba', 'posix/Europe/Berlin', 'Mars/Olympus', '+01:00'])(
    'rejects the time zone %s',
    async (timezone) => {
      const { accessToken: token } = await givenUser(app);
      const { body } = await expectStatus(400, app.patch('/api/auth/me', { timezone }, { token }));
      expect(body.detail.fields).toMatchObject([{ path: 'timezone' }]);
    },
  );

  it('keeps a last name of several words when the full name is sent back unchanged', async () => {
    const { accessToken: token } = await givenOwner(app);
    await expectStatus(200, app.patch('/api/v1/users/me', { last_name: 'de la Cruz' }, { token }));
    await expectStatus(200, app.patch('/api/auth/me', { full_name: 'Ada de la Cruz' }, { token }));
    const { body } = await app.get('/api/v1/users/me', { token });
    expect(body).toMatchObject({ first_name: 'Ada', last_name: 'de la Cruz' });
  });

  it.each(Object.entries(READ_ONLY))('rejects a change of %s', async (field, value) => {
    const { accessToken: token } = await givenUser(app);
    const refused = await expectStatus(
      400,
      app.patch('/api/auth/me', { nickname: 'Countess', [field]: value }, { token }),
    );
    expect(refused.body).toMatchObject({
      code: 'field_read_only',
      detail: { error: 'field_read_only', field },
    });
    expect((await app.get('/api/auth/me', { token })).body.nickname).toBeNull();
  });

  it.each(['email', 'role', 'is_active', 'organization', 'two_factor_method', 'id', 'last_login_at'])(
    'rejects a change of %s in the XC API',
    async (field) => {
      const { accessToken: token } = await givenOwner(app);
      const refused = await expectStatus(400, app.patch('/api/v1/users/me', { [field]: 'other' }, { token }));
      expect(refused.body).toMatchObject({ code: 'field_read_only', detail: { field } });
    },
  );

  it('rejects an unknown field instead of ignoring it', async () => {
    const { accessToken: token } = await givenUser(app);
    for (const url of ['/api/auth/me', '/api/v1/users/me']) {
      const refused = await expectStatus(400, app.patch(url, { hair: 'grey' }, { token }));
      expect(invalidPaths(refused)).toEqual(['hair']);
    }
  });

  it.each([
    ['Ada Maria Lovelace', 'Ada Maria', 'Lovelace', 'Ada Maria Lovelace'],
    ['  Plato ', 'Plato', null, 'Plato'],
    ['李 小龙', '李', '小龙', '李 小龙'],
    ['', null, null, null],
    [null, null, null, null],
  ])('splits the full name %p at its last space', async (full_name, first_name, last_name, shown) => {
    const { accessToken: token } = await givenUser(app);
    await app.patch('/api/auth/me', { full_name: 'Another Name' }, { token });
    const { body } = await expectStatus(200, app.patch('/api/auth/me', { full_name }, { token }));
    expect(body.full_name).toBe(shown);
    expect((await app.get('/api/v1/users/me', { token })).body).toMatchObject({ first_name, last_name });
  });

  it.each([
    [
      'timezone',
      ['Europe/Berlin', 'UTC', 'America/Argentina/Ushuaia'],
      ['Mars/Olympus', '+02:00', '', 'x'.repeat(65), null],
    ],
    ['language', ['en', 'pt-BR', 'zh-Hant-TW'], ['', 'e', 'english please', 'en_US', null]],
    [
      'avatar_url',
      ['https://example.com/a.png', 'http://example.com', null],
      ['javascript:alert(1)', 'data:image/png;base64,AA', 'a.png', ''],
    ],
    ['nickname', ['Countess', '李', 'x'.repeat(50), null], ['', '   ', 'x'.repeat(51)]],
  ])('accepts only a valid %s', async (field, good, bad) => {
    const { accessToken: token } = await givenUser(app);
    for (const value of good) {
      const { body } = await expectStatus(200, app.patch('/api/auth/me', { [field]: value }, { token }));
      expect(body[field]).toBe(value);
    }
    for (const value of bad) {
      const refused = await expectStatus(400, app.patch('/api/auth/me', { [field]: value }, { token }));
      expect(refused.body.detail.fields[0].path).toBe(field);
    }
  });

  it('changes a derived username once, and never a chosen one', async () => {
    const { accessToken: token } = await givenOwner(app);
    const { body } = await expectStatus(
      200,
      app.patch('/api/auth/me', { username: ' Chosen.One ' }, { token }),
    );
    expect(body.username).toBe('chosen.one');
    await expectStatus(200, app.patch('/api/auth/me', { username: 'chosen.one' }, { token }));
    const again = await expectStatus(400, app.patch('/api/auth/me', { username: 'another' }, { token }));
    expect(again.body.detail).toMatchObject({ error: 'field_read_only', field: 'username' });
    const { accessToken: registered } = await givenUser(app);
    await expectStatus(400, app.patch('/api/auth/me', { username: 'another' }, { token: registered }));
  });

  it('changes the username once for many concurrent requests', async () => {
    const { accessToken: token } = await givenOwner(app);
    const names = Array.from({ length: 8 }, (_, index) => `rename-${index}`);
    const responses = await Promise.all(
      names.map((username) => app.patch('/api/auth/me', { username }, { token })),
    );
    expect(responses.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(400)]);
  });

  it('gives a username to one of many users who request it concurrently', async () => {
    const owners = await Promise.all(Array.from({ length: 5 }, () => givenOwner(app)));
    const responses = await Promise.all(
      owners.map(({ accessToken: token }) => app.patch('/api/auth/me', { username: 'wanted' }, { token })),
    );
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
    expect(responses.filter(({ status }) => status === 409).map(({ body }) => body.code)).toEqual(
      Array(4).fill('username_taken'),
    );
  });

  it.each([
    [
      'username',
      'username_taken',
      (index: number) => ({ username: 'same-name', email: `same-${index}@example.com` }),
    ],
    ['address', 'email_taken', (index: number) => ({ username: `same-${index}`, email: 'same@example.com' })],
  ])('creates one account for many concurrent registrations of the same %s', async (_, code, request) => {
    const calls = Array.from({ length: 6 }, (__, index) =>
      app.post('/api/auth/register', { ...request(index), password: PASSWORD }),
    );
    const responses = await Promise.all(calls);
    expect(responses.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(5).fill(409)]);
    for (const { status, body } of responses) if (status === 409) expect(body.code).toBe(code);
  });

  it('changes the password only with the current one, and then ends all other sessions', async () => {
    const { email, accessToken: token } = await givenOwner(app);
    const other = (await expectStatus(200, app.post('/api/v1/auth/login', { email, password: PASSWORD })))
      .body.access_token;
    const change = (body: object): ReturnType<TestApp['patch']> =>
      app.patch('/api/v1/users/me', body, { token });

    const missing = await expectStatus(400, change({ password: OTHER_PASSWORD }));
    expect(invalidPaths(missing)).toEqual(['current_password']);
    const wrong = await expectStatus(403, change({ password: OTHER_PASSWORD, current_password: 'not it' }));
    expect(wrong.body.code).toBe('password_incorrect');
    const weak = await expectStatus(400, change({ password: 'password1', current_password: PASSWORD }));
    expect(weak.body).toMatchObject({ code: 'password_too_weak', detail: { reason: expect.any(String) } });
    await expectStatus(200, app.get('/api/auth/me', { token: other }));

    await expectStatus(
      200,
      change({ password: OTHER_PASSWORD, current_password: PASSWORD, first_name: 'Grace' }),
    );
    await expectStatus(401, app.get('/api/auth/me', { token: other }));
    expect((await expectStatus(200, app.get('/api/v1/users/me', { token }))).body.first_name).toBe('Grace');
    await expectStatus(401, app.post('/api/v1/auth/login', { email, password: PASSWORD }));
    await expectStatus(200, app.post('/api/v1/auth/login', { email, password: OTHER_PASSWORD }));
    expect((await app.mails(email))[0]?.subject).toBe('Your password was changed');
  });
});
