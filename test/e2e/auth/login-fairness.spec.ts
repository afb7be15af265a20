import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import { givenOwner, givenUser, PASSWORD } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';

const ATTACKER = '203.0.113.66';
/** Forty characters with many meanings each, which take the strength check as long as possible. */
const HOSTILE_PASSWORD = 'a>io<015e(e41st/9(>6a(te+)[(a3e\\2!|%/59&';

describe('the queues of password work', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start({ env: { TRUST_PROXY: '1', PASSWORD_BCRYPT_COST: '8' } });
  });
  afterAll(() => app.stop());

  const from = (address: string): { headers: Record<string, string> } => ({
    headers: { 'x-forwarded-for': address },
  });
  const logIn = (username: string, password: string, address: string): Promise<TestResponse> =>
    app.post('/api/auth/token', undefined, { form: { username, password }, ...from(address) });

  it('answer right log-ins while another network sends 80 with unknown names', async () => {
    const { username } = await givenUser(app);
    const attacks = Array.from({ length: 80 }, (_, index) =>
      logIn(`ghost-${index}`, 'a wrong one', ATTACKER),
    );
    const logins = Array.from({ length: 20 }, () => logIn(username, PASSWORD, '198.51.100.20'));
    expect((await Promise.all(logins)).map(({ status }) => status)).toEqual(logins.map(() => 200));
    await Promise.all(attacks);
  });

  it('are not entered by a network with 300 failures in 15 minutes, with names that exist or not', async () => {
    const { username } = await givenUser(app);
    for (let index = 0; index < 300; index += 60)
      await Promise.all(
        Array.from({ length: 60 }, (_, offset) => logIn(`nemo-${index + offset}`, 'wrong', '192.0.2.9')),
      );
    for (const name of [username, 'nemo']) {
      const refused = await logIn(name, PASSWORD, '192.0.2.9');
      expect([refused.status, refused.body.code]).toEqual([429, 'too_many_attempts']);
      expect(refused.headers).toMatchObject({ 'ratelimit-limit': '300', 'ratelimit-remaining': '0' });
    }
    await expectStatus(200, logIn(username, PASSWORD, '192.0.2.10'));
    app.clock.advance(15 * 60 + 1);
    await expectStatus(200, logIn(username, PASSWORD, '192.0.2.9'));
  });

  it('answer a registration while another account creates 75 users with hostile passwords', async () => {
    const { accessToken: token } = await givenOwner(app);
    const statuses: number[] = [];
    for (let index = 0; index < 75; index += 1) {
      const body = { email: `h${index}@example.com`, password: HOSTILE_PASSWORD };
      void app.post('/api/v1/users', body, { token }).then(({ status }) => statuses.push(status));
    }
    await expectStatus(
      201,
      app.post('/api/auth/register', { username: 'late', email: 'late@example.com', password: PASSWORD }),
    );
    expect(statuses).toContain(503); // beyond the share of the account
    expect(statuses.length).toBeLessThan(75); // the registration did not wait for all of them
  });
});
