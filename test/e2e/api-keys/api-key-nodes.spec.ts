import { setTimeout as pause } from 'node:timers/promises';
import { type Statement, UnitOfWork } from '@/platform/persistence/index.js';
import { TestApp } from '@test/support/app/test-app.js';
import {
  givenApiKey,
  type TestApiKey,
  tryApiKey,
  callWithApiKey,
  KEY_ACCEPTED,
} from '@test/support/auth/api-keys.js';
import { enableTwoFactor } from '@test/support/auth/given-users.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  givenOwnerWithId,
  givenMember,
  givenProvisionedUser,
  logIn,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

/** The guarantee: a node accepts an invalidated key for at most this long. */
const MAX_TRUST_MS = 1000;

interface KeyFixture {
  owner: UserWithId & { organizationId: string };
  creator: UserWithId;
  key: TestApiKey;
}

type KeyInvalidation = (fixture: KeyFixture) => Promise<unknown>;

describe('an API key on two nodes with one database', () => {
  let firstNode: TestApp;
  let secondNode: TestApp;

  beforeAll(async () => {
    firstNode = await TestApp.start();
    secondNode = await TestApp.start({ siblingOf: firstNode });
  });
  afterAll(async () => {
    await secondNode.stop();
    await firstNode.stop();
  });

  const callAs = (method: string, url: string, by: UserWithId, body?: unknown): ReturnType<TestApp['call']> =>
    firstNode.call(method, url, { body, token: by.accessToken });
  const memberUrl = ({ owner, creator }: KeyFixture): string =>
    `/api/organizations/${owner.organizationId}/members/${creator.id}`;
  /** Sends an empty update: it needs the write scope and changes nothing. */
  const writeWithKey = async (
    node: TestApp,
    { owner, key }: KeyFixture,
  ): Promise<[number, string | undefined]> =>
    statusAndCode(await callWithApiKey(node, key, `PATCH /api/organizations/${owner.organizationId}`, {}));

  async function givenKeyFixture(): Promise<KeyFixture> {
    const owner = await givenOwnerWithId(firstNode);
    const creator = await givenProvisionedUser(firstNode, owner, 'admin');
    const scopes = ['organizations:read' as const, 'organizations:write' as const];
    const key = await givenApiKey(firstNode, { organizationId: owner.organizationId, by: creator, scopes });
    return { owner, creator, key };
  }

  const TOKEN_REJECTED: [number, string] = [401, 'token_invalid'];
  const INVALIDATIONS: [string, [number, string], KeyInvalidation][] = [
    [
      'its deletion',
      TOKEN_REJECTED,
      ({ creator, key }) => expectStatus(204, callAs('DELETE', `/api/api-keys/${key.id}`, creator)),
    ],
    [
      'the removal of its creator',
      TOKEN_REJECTED,
      (fixture) => expectStatus(204, callAs('DELETE', memberUrl(fixture), fixture.owner)),
    ],
    [
      'the creator leaving',
      TOKEN_REJECTED,
      (fixture) => expectStatus(204, callAs('DELETE', memberUrl(fixture), fixture.creator)),
    ],
    [
      'the demotion of its creator',
      [403, 'insufficient_api_key_scope'],
      (fixture) => expectStatus(200, callAs('PATCH', memberUrl(fixture), fixture.owner, { role: 'member' })),
    ],
    [
      'the deactivation of its creator',
      TOKEN_REJECTED,
      ({ owner, creator }) =>
        expectStatus(200, callAs('PATCH', `/api/v1/users/${creator.id}`, owner, { is_active: false })),
    ],
    [
      'a reset of the password of its creator',
      TOKEN_REJECTED,
      async ({ creator }) => {
        await expectStatus(200, firstNode.post('/api/v1/auth/forgot-password', { email: creator.email }));
        const token = await firstNode.lastLinkToken(creator.email, 'reset-password');
        const reset = { token, password: 'pelicans varnish seven ladders' };
        await expectStatus(200, firstNode.post('/api/v1/auth/reset-password', reset));
      },
    ],
    [
      'the deletion of the account of its creator',
      TOKEN_REJECTED,
      ({ creator }) =>
        expectStatus(204, callAs('DELETE', '/api/auth/me', creator, { password: creator.password })),
    ],
    [
      'two-factor enforcement',
      [403, 'two_factor_required'],
      async ({ owner }) => {
        await expectStatus(200, callAs('PATCH', '/api/v1/organization', owner, { enforce_2fa: true }));
      },
    ],
    [
      'the deletion of its organization',
      TOKEN_REJECTED,
      ({ owner }) => expectStatus(204, callAs('DELETE', `/api/organizations/${owner.organizationId}`, owner)),
    ],
  ];

  it.each(INVALIDATIONS)(
    '%s affects the next request on the same node, and the other node within a second',
    async (name, refused, end) => {
      const fixture = await givenKeyFixture();
      if (name === 'two-factor enforcement') {
        await enableTwoFactor(firstNode, fixture.owner, 'totp');
      }
      for (const node of [firstNode, secondNode, firstNode, secondNode])
        expect(await writeWithKey(node, fixture)).toEqual(KEY_ACCEPTED); // both nodes have cached the key
      await end(fixture);
      const since = performance.now();
      expect(await writeWithKey(firstNode, fixture)).toEqual(refused);
      let lastAccepted = 0;
      for (
        let now = 0;
        now < MAX_TRUST_MS + 500 && now - lastAccepted < 300;
        now = performance.now() - since
      ) {
        if ((await writeWithKey(secondNode, fixture))[0] === 200) lastAccepted = now;
        await pause(5);
      }
      expect(lastAccepted).toBeLessThan(MAX_TRUST_MS);
      expect(await writeWithKey(secondNode, fixture)).toEqual(refused);
      expect(await writeWithKey(firstNode, fixture)).toEqual(refused);
    },
  );

  it('works on both nodes again when it is reactivated, or when its creator gets the role back', async () => {
    const fixture = await givenKeyFixture();
    const { owner, creator, key } = fixture;
    expect(await writeWithKey(secondNode, fixture)).toEqual(KEY_ACCEPTED);
    await expectStatus(200, callAs('PATCH', `/api/v1/users/${creator.id}`, owner, { is_active: false }));
    await expectStatus(200, callAs('PATCH', `/api/v1/users/${creator.id}`, owner, { is_active: true }));
    await waitWithinBound(async () => (await writeWithKey(secondNode, fixture))[0] === 401);
    const token = await logIn(firstNode, creator);
    await expectStatus(200, firstNode.post(`/api/api-keys/${key.id}/resume`, undefined, { token }));
    expect(await writeWithKey(firstNode, fixture)).toEqual(KEY_ACCEPTED);
    await waitWithinBound(async () => (await writeWithKey(secondNode, fixture))[0] === 200);
    await expectStatus(200, callAs('PATCH', memberUrl(fixture), owner, { role: 'team_manager' }));
    expect((await writeWithKey(firstNode, fixture))[0]).toBe(403);
    await waitWithinBound(async () => (await writeWithKey(secondNode, fixture))[0] === 403);
    await expectStatus(200, callAs('PATCH', memberUrl(fixture), owner, { role: 'owner' }));
    expect(await writeWithKey(firstNode, fixture)).toEqual(KEY_ACCEPTED);
    await waitWithinBound(async () => (await writeWithKey(secondNode, fixture))[0] === 200);
  });

  it('keeps working when another member is removed', async () => {
    const fixture = await givenKeyFixture();
    const others = await givenKeyFixture();
    const mine = await givenApiKey(firstNode, {
      organizationId: fixture.owner.organizationId,
      by: fixture.owner,
    });
    await expectStatus(204, callAs('DELETE', memberUrl(fixture), fixture.owner));
    expect(await tryApiKey(firstNode, fixture.key)).toEqual([401, 'token_invalid']);
    for (const node of [firstNode, secondNode])
      for (const key of [mine, others.key]) expect(await tryApiKey(node, key)).toEqual(KEY_ACCEPTED);
  });

  async function waitWithinBound(condition: () => Promise<boolean>): Promise<void> {
    const since = performance.now();
    while (!(await condition())) {
      if (performance.now() - since > MAX_TRUST_MS)
        throw new Error('The condition did not hold within a second.');
      await pause(5);
    }
  }
});

/** Counts the queries from now on, by statement name. */
function countQueries(app: TestApp): Record<string, number> {
  const counts: Record<string, number> = {};
  const unitOfWork = app.nest.get(UnitOfWork);
  const query = unitOfWork.query.bind(unitOfWork);
  unitOfWork.query = <Row extends object>(statement: Statement, values: unknown[]): Promise<Row[]> => {
    counts[statement.name] = (counts[statement.name] ?? 0) + 1;
    return query<Row>(statement, values);
  };
  return counts;
}

describe('the queries of an API key check', () => {
  const LOOKUP_QUERY = 'api_keys.usable';
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  it('are none while nothing changes, also for refused requests', async () => {
    const owner = await givenOwnerWithId(app);
    const member = await givenMember(app, { organizationId: owner.organizationId, by: owner });
    const key = await givenApiKey(app, { organizationId: owner.organizationId, by: member });
    expect(await tryApiKey(app, key)).toEqual(KEY_ACCEPTED);
    const counts = countQueries(app);
    for (let round = 0; round < 50; round += 1) {
      expect(await tryApiKey(app, key)).toEqual(KEY_ACCEPTED);
      expect((await callWithApiKey(app, key, 'GET /api/auth/me')).status).toBe(403);
      expect((await callWithApiKey(app, key, 'POST /api/organizations', { name: 'x' })).status).toBe(403);
    }
    // A node that was not scheduled for most of a second loads the key again instead of trusting its cache.
    expect(counts[LOOKUP_QUERY] ?? 0).toBeLessThanOrEqual(2);
    expect(counts['organizations.find']).toBe(50); // the route's own query, which proves that queries are counted
    const expected = [LOOKUP_QUERY, 'organizations.find', 'live_sessions.list_overdue']; // the last one is a periodic task
    const others = Object.keys(counts).filter((name) => !expected.includes(name));
    expect(others.filter((name) => /key|user|standing|session|member/.test(name))).toEqual([]);
  });

  it('are one for an unknown key, and none for a malformed key', async () => {
    const counts = countQueries(app);
    for (const key of ['nonsense', `xntr-${'A'.repeat(85)}`, `xntr_${'A'.repeat(86)}`])
      expect(await tryApiKey(app, { key })).toEqual([401, 'token_invalid']);
    expect(counts[LOOKUP_QUERY]).toBeUndefined();
    expect(await tryApiKey(app, { key: `xntr-${'A'.repeat(86)}` })).toEqual([401, 'token_invalid']);
    expect(counts[LOOKUP_QUERY]).toBe(1);
  });
});
