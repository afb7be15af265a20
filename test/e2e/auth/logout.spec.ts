import { setTimeout as pause } from 'node:timers/promises';
import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import { type TestUser, givenUser } from '@test/support/auth/given-users.js';
import { FaultyDatabaseProxy } from '@test/support/database/faulty-database-proxy.js';
import { expectStatus } from '@test/support/http/responses.js';

/** How long a node may still accept a session that another node has ended. */
const MAX_TRUST_MS = 1000;

const KILL_LISTENERS = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE application_name = 'xentree-listener' AND datname = current_database()`;

describe('log-out with two nodes on one database', () => {
  let firstNode: TestApp;
  let secondNode: TestApp;
  let user: TestUser;

  beforeAll(async () => {
    firstNode = await TestApp.start();
    secondNode = await TestApp.start({ siblingOf: firstNode });
  });
  beforeEach(async () => {
    user = await givenUser(firstNode);
    for (const node of [firstNode, secondNode]) await expectStatus(200, getMe(node)); // both know the session
  });
  afterAll(async () => {
    await secondNode.stop();
    await firstNode.stop();
  });

  const getMe = (node: TestApp, token = user.accessToken): Promise<TestResponse> =>
    node.get('/api/auth/me', { token });

  async function expectEndedSession(node: TestApp, { accessToken, refreshToken } = user): Promise<void> {
    for (const path of ['/api/auth/me', '/api/v1/users/me', '/api/auth/sessions']) {
      const { body } = await expectStatus(401, node.get(path, { token: accessToken }));
      expect(body).toMatchObject({ detail: 'Invalid or expired token', code: 'token_invalid' });
    }
    await expectStatus(401, node.post('/api/auth/refresh', { refresh_token: refreshToken }));
    for (const prefix of ['/api/auth', '/api/v1/auth'])
      await expectStatus(401, node.post(`${prefix}/refresh`, undefined, { token: accessToken }));
  }

  /**
   * Calls a node repeatedly, until 1.5 seconds after `since` or until it has refused for `enough` milliseconds.
   * Returns how long after `since` the last accepted call began.
   */
  async function lastAccepted(node: TestApp, since: number, enough = Infinity): Promise<number> {
    let last = 0;
    for (let now = 0; now < MAX_TRUST_MS + 500 && now - last < enough; now = performance.now() - since) {
      if ((await getMe(node)).status === 200) last = now;
      await pause(5);
    }
    return last;
  }

  type LogoutMethod = [string, () => Promise<TestResponse>, number];
  const LOGOUT_METHODS: LogoutMethod[] = [
    [
      'POST /api/auth/logout',
      () => firstNode.post('/api/auth/logout', undefined, { token: user.accessToken }),
      200,
    ],
    [
      'POST /api/v1/auth/logout',
      () => firstNode.post('/api/v1/auth/logout', undefined, { token: user.accessToken }),
      200,
    ],
    ['a refresh token', () => firstNode.post('/api/auth/logout', { refresh_token: user.refreshToken }), 200],
    [
      'a refresh token in the XC API',
      () => firstNode.post('/api/v1/auth/logout', { refresh_token: user.refreshToken }),
      200,
    ],
    [
      'logout-all',
      () => firstNode.post('/api/v1/auth/logout-all', undefined, { token: user.accessToken }),
      200,
    ],
    [
      'DELETE of the session',
      async () => {
        const { body } = await firstNode.get('/api/auth/sessions', { token: user.accessToken });
        return firstNode.delete(`/api/auth/sessions/${body[0].id}`, { token: user.accessToken });
      },
      204,
    ],
  ];

  it.each(LOGOUT_METHODS)(
    'by %s takes effect immediately on this node and within a second on the other',
    async (_name, logOut, status) => {
      const response = await expectStatus(status, logOut());
      const since = performance.now();
      if (status === 200) expect(response.body).toEqual({ message: expect.any(String) });
      await expectEndedSession(firstNode);
      expect(await lastAccepted(secondNode, since, 300)).toBeLessThan(MAX_TRUST_MS);
      await expectEndedSession(secondNode);
    },
  );

  it('accepts an old authentic refresh token, and refuses a forged one', async () => {
    const { refreshToken: old } = user;
    const next = await expectStatus(200, firstNode.post('/api/auth/refresh', { refresh_token: old }));
    firstNode.clock.advance(60);
    const forged = `${old.slice(0, -6)}${old.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA'}`;
    await expectStatus(401, secondNode.post('/api/auth/logout', { refresh_token: forged }));
    await expectStatus(401, secondNode.post('/api/auth/logout'));
    await expectStatus(200, getMe(firstNode, next.body.access_token));
    await expectStatus(200, secondNode.post('/api/auth/logout', { refresh_token: old }));
    await expectStatus(401, getMe(secondNode, next.body.access_token));
    await expectStatus(401, secondNode.post('/api/auth/refresh', { refresh_token: next.body.refresh_token }));
  });

  it('ends one session; log-out everywhere ends all sessions of this user only', async () => {
    const other = await givenUser(firstNode);
    const form = { username: user.username, password: user.password };
    const login = await expectStatus(200, secondNode.post('/api/auth/token', undefined, { form }));
    const second: TestUser = {
      ...user,
      accessToken: login.body.access_token,
      refreshToken: login.body.refresh_token,
    };
    await expectStatus(200, firstNode.post('/api/auth/logout', undefined, { token: user.accessToken }));
    await expectStatus(200, getMe(firstNode, second.accessToken));
    const xc = await expectStatus(
      200,
      firstNode.post('/api/v1/auth/login', { email: user.email, password: user.password }),
    );
    await expectStatus(200, getMe(secondNode, xc.body.access_token));
    await expectStatus(
      200,
      firstNode.post('/api/v1/auth/logout-all', undefined, { token: xc.body.access_token }),
    );
    await expectEndedSession(firstNode, second);
    await expectStatus(401, getMe(firstNode, xc.body.access_token));
    await expectStatus(200, getMe(firstNode, other.accessToken));
  });

  it('does not end the session of another user, and does not reveal whether it exists', async () => {
    const stranger = await givenUser(firstNode);
    const { body } = await firstNode.get('/api/auth/sessions', { token: user.accessToken });
    for (const id of [body[0].id, '0197f4a0-0000-7000-8000-000000000000', 'nonsense']) {
      const refused = await firstNode.delete(`/api/auth/sessions/${id}`, { token: stranger.accessToken });
      expect([refused.status, refused.body.code]).toEqual([404, 'session_not_found']);
    }
    await expectStatus(200, getMe(firstNode));
  });

  it('takes effect within a second when the notification connection breaks just before', async () => {
    for (let round = 0; round < 3; round += 1) {
      user = await givenUser(firstNode);
      for (const node of [firstNode, secondNode]) await expectStatus(200, getMe(node));
      const killed = await firstNode.sql<{ pg_terminate_backend: boolean }>(KILL_LISTENERS);
      expect(killed.length).toBeGreaterThan(0);
      await expectStatus(200, firstNode.post('/api/auth/logout', undefined, { token: user.accessToken }));
      const since = performance.now();
      await expectEndedSession(firstNode);
      expect(await lastAccepted(secondNode, since)).toBeLessThan(MAX_TRUST_MS);
    }
  });

  it('takes effect within a second while the connection breaks repeatedly', async () => {
    let going = true;
    const killer = (async () => {
      while (going) {
        await firstNode.sql(KILL_LISTENERS);
        await pause(60);
      }
    })();
    try {
      await pause(100);
      await expectStatus(200, getMe(secondNode)); // slower, but never refused
      await expectStatus(200, firstNode.post('/api/auth/logout', undefined, { token: user.accessToken }));
      expect(await lastAccepted(secondNode, performance.now())).toBeLessThan(MAX_TRUST_MS);
    } finally {
      going = false;
      await killer;
    }
  });

  /** A third node, which reaches the database through a faulty proxy. */
  async function withFaultyConnection(
    use: (node: TestApp, line: FaultyDatabaseProxy) => Promise<void>,
  ): Promise<void> {
    const line = await FaultyDatabaseProxy.start(firstNode.databaseUrl);
    const node = await TestApp.start({ siblingOf: firstNode, env: { DATABASE_URL: line.url } });
    try {
      await use(node, line);
    } finally {
      await line.close();
      await node.stop();
    }
  }

  it.each(['silence', 'cut'] as const)(
    'takes effect within a second after %s of the connection',
    async (fault) => {
      await withFaultyConnection(async (node, line) => {
        await expectStatus(200, getMe(node));
        line[fault]();
        await expectStatus(200, firstNode.post('/api/auth/logout', undefined, { token: user.accessToken }));
        expect(await lastAccepted(node, performance.now())).toBeLessThan(MAX_TRUST_MS);
        await expectEndedSession(node);
      });
    },
  );

  it('is not undone by a concurrent call that had read the session before its end', async () => {
    await withFaultyConnection(async (node, line) => {
      await Promise.all(Array.from({ length: 12 }, () => getMe(node))); // every connection is open
      line.delayResponses();
      for (let round = 0; round < 6; round += 1) {
        const { accessToken: token } = await givenUser(firstNode);
        const calls = Array.from({ length: 9 }, () => getMe(node, token)); // load the session, while it ends
        await expectStatus(200, firstNode.post('/api/auth/logout', undefined, { token }));
        await Promise.all(calls);
        await expectStatus(401, getMe(node, token));
      }
    });
  });
});
