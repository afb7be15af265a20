import { TestApp } from '@test/support/app/test-app.js';
import { givenUser, PASSWORD } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';

describe('authentication in the Xentree API', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  it('registers, logs in by username and by e-mail address, reads the profile, refreshes and logs out', async () => {
    const body = {
      username: ' Ada.L ',
      email: ' Ada@Example.COM ',
      password: PASSWORD,
      full_name: 'Ada Maria Lovelace',
    };
    const registered = await expectStatus(201, app.post('/api/auth/register', body));
    expect(registered.body).toMatchObject({
      username: 'ada.l',
      email: 'ada@example.com',
      full_name: 'Ada Maria Lovelace',
    });
    await expectStatus(
      200,
      app.post('/api/auth/token', undefined, { form: { username: 'ada@example.com', password: PASSWORD } }),
    );
    const form = {
      grant_type: 'password',
      username: 'ada.l',
      password: PASSWORD,
      scope: '',
      client_id: 'web',
    };
    const tokens = await expectStatus(200, app.post('/api/auth/token', undefined, { form }));
    expect(tokens.body).toMatchObject({ token_type: 'bearer', expires_in: 900 });

    const me = await expectStatus(200, app.get('/api/auth/me', { token: tokens.body.access_token }));
    expect(me.body).toEqual(registered.body);

    const refreshed = await expectStatus(
      200,
      app.post('/api/auth/refresh', { refresh_token: tokens.body.refresh_token }),
    );
    expect(refreshed.body.refresh_token).not.toBe(tokens.body.refresh_token);
    const renewed = await expectStatus(
      200,
      app.post('/api/auth/refresh', undefined, { token: refreshed.body.access_token }),
    );
    expect(renewed.body.refresh_token).toBeUndefined();

    await expectStatus(200, app.post('/api/auth/logout', undefined, { token: renewed.body.access_token }));
    for (const token of [tokens.body.access_token, refreshed.body.access_token, renewed.body.access_token]) {
      const refused = await expectStatus(401, app.get('/api/auth/me', { token }));
      expect(refused.body).toMatchObject({ detail: 'Invalid or expired token', code: 'token_invalid' });
      expect(refused.headers['www-authenticate']).toBe('Bearer');
    }
    await expectStatus(401, app.post('/api/auth/refresh', { refresh_token: refreshed.body.refresh_token }));
  });

  it('answers a wrong password and an unknown account with the same response', async () => {
    const { username } = await givenUser(app);
    const wrong = await expectStatus(
      401,
      app.post('/api/auth/token', undefined, { form: { username, password: 'wrong one' } }),
    );
    const unknown = await expectStatus(
      401,
      app.post('/api/auth/token', undefined, { form: { username: 'unknown', password: 'x' } }),
    );
    expect(wrong.body.detail).toBe('Invalid email or password');
    expect({ ...unknown.body, request_id: '' }).toEqual({ ...wrong.body, request_id: '' });
  });
});
