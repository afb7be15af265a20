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
import { enableTwoFactor, expectStatus } from '@test/support/auth/given-users.js';
import {
  givenOwnerWithId,
  givenMember,
  givenProvisionedUser,
  logIn,
  type UserWithId,
  statusAndCode,
} from '@test/support/organizations/given-organizations.js';

/** The promise: what a node has not heard of, it does not go on trusting for longer than this. */
const MAX_TRUST_MS = 1000;

interface KeyFixture {
  owner: UserWithId & { organizationId: string };
  creator: UserWithId;
  key: TestApiKey;
}

type KeyInvalidation = (scene: KeyFixture) => Promise<unknown>;

describe('what happens to a key, with two nodes on one database', () => {
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
  const memberUrl = ({ owner, creator: maker }: KeyFixture): string =>
    `/api/organizations/${owner.organizationId}/members/${maker.id}`;
  /** Writes where it may, and changes nothing: an empty update. */
  const writeWithKey = async (
    node: TestApp,
    { owner, key }: KeyFixture,
  ): Promise<[number, string | undefined]> =>
    statusAndCode(await callWithApiKey(node, key, `PATCH /api/organizations/${owner.organizationId}`, {}));

  async function givenKeyFixture(): Promise<KeyFixture> {
    const owner = await givenOwnerWithId(firstNode);
    const maker = await givenProvisionedUser(firstNode, owner, 'admin');
    const scopes = ['organizations:read' as const, 'organizations:write' as const];
    const key = await givenApiKey(firstNode, { organizationId: owner.organizationId, by: maker, scopes });
    return { owner, creator: maker, key };
  }

  const TOKEN_REJECTED: [number, string] = [401, 'token_invalid'];
  const INVALIDATIONS: [string, [number, string], KeyInvalidation][] = [
    [
      'its deletion',
      TOKEN_REJECTED,
      ({ creator: maker, key }) => expectStatus(204, callAs('DELETE', `/api/api-keys/${key.id}`, maker)),
    ],
    [
      'the removal of its maker',
      TOKEN_REJECTED,
      (scene) => expectStatus(204, callAs('DELETE', memberUrl(scene), scene.owner)),
    ],
    [
      'the maker leaving',
      TOKEN_REJECTED,
      (scene) => expectStatus(204, callAs('DELETE', memberUrl(scene), scene.creator)),
    ],
    [
      'the demotion of its maker',
      [403, 'insufficient_api_key_scope'],
      (scene) => expectStatus(200, callAs('PATCH', memberUrl(scene), scene.owner, { role: 'member' })),
    ],
    [
      'the deactivation of its maker',
      TOKEN_REJECTED,
      ({ owner, creator: maker }) =>
        expectStatus(200, callAs('PATCH', `/api/v1/users/${maker.id}`, owner, { is_active: false })),
    ],
    [
      'a reset of the password of its maker',
      TOKEN_REJECTED,
      async ({ creator: maker }) => {
        await expectStatus(200, firstNode.post('/api/v1/auth/forgot-password', { email: maker.email }));
        const token = await firstNode.lastLinkToken(maker.email, 'reset-password');
        const reset = { token, password: 'pelicans varnish seven ladders' };
        await expectStatus(200, firstNode.post('/api/v1/auth/reset-password', reset));
      },
    ],
    [
      'the erasure of its maker',
      TOKEN_REJECTED,
      ({ creator: maker }) =>
        expectStatus(204, callAs('DELETE', '/api/auth/me', maker, { password: maker.password })),
    ],
    [
      'two-factor authentication being enforced',
      [403, 'two_factor_required'],
      async ({ owner }) => {
        await expectStatus(200, callAs('PATCH', '/api/v1/organization', owner, { enforce_2fa: true }));
      },
    ],
    [
      'the end of its organization',
      TOKEN_REJECTED,
      ({ owner }) => expectStatus(204, callAs('DELETE', `/api/organizations/${owner.organizationId}`, owner)),
    ],
  ];

  it.each(INVALIDATIONS)(
    '%s holds for the next request here, and there within a second',
    async (name, refused, end) => {
      const scene = await givenKeyFixture();
      if (name.startsWith('two-factor')) {
        await enableTwoFactor(firstNode, scene.owner, 'totp');
      }
      for (const node of [firstNode, secondNode, firstNode, secondNode])
        expect(await writeWithKey(node, scene)).toEqual(KEY_ACCEPTED); // both know it
      await end(scene);
      const since = performance.now();
      expect(await writeWithKey(firstNode, scene)).toEqual(refused);
      let lastAccepted = 0;
      for (
        let now = 0;
        now < MAX_TRUST_MS + 500 && now - lastAccepted < 300;
        now = performance.now() - since
      ) {
        if ((await writeWithKey(secondNode, scene))[0] === 200) lastAccepted = now;
        await pause(5);
      }
      expect(lastAccepted).toBeLessThan(MAX_TRUST_MS);
      expect(await writeWithKey(secondNode, scene)).toEqual(refused);
      expect(await writeWithKey(firstNode, scene)).toEqual(refused);
    },
  );

  it('comes back on both when it is resumed, and when its maker gets the role back', async () => {
    const scene = await givenKeyFixture();
    const { owner, creator: maker, key } = scene;
    expect(await writeWithKey(secondNode, scene)).toEqual(KEY_ACCEPTED);
    await expectStatus(200, callAs('PATCH', `/api/v1/users/${maker.id}`, owner, { is_active: false }));
    await expectStatus(200, callAs('PATCH', `/api/v1/users/${maker.id}`, owner, { is_active: true }));
    await waitWithinBound(async () => (await writeWithKey(secondNode, scene))[0] === 401);
    const token = await logIn(firstNode, maker);
    await expectStatus(200, firstNode.post(`/api/api-keys/${key.id}/resume`, undefined, { token }));
    expect(await writeWithKey(firstNode, scene)).toEqual(KEY_ACCEPTED);
    await waitWithinBound(async () => (await writeWithKey(secondNode, scene))[0] === 200);
    await expectStatus(200, callAs('PATCH', memberUrl(scene), owner, { role: 'team_manager' }));
    expect((await writeWithKey(firstNode, scene))[0]).toBe(403);
    await waitWithinBound(async () => (await writeWithKey(secondNode, scene))[0] === 403);
    await expectStatus(200, callAs('PATCH', memberUrl(scene), owner, { role: 'owner' }));
    expect(await writeWithKey(firstNode, scene)).toEqual(KEY_ACCEPTED);
    await waitWithinBound(async () => (await writeWithKey(secondNode, scene))[0] === 200);
  });

  it('does not touch the keys of others', async () => {
    const scene = await givenKeyFixture();
    const others = await givenKeyFixture();
    const mine = await givenApiKey(firstNode, {
      organizationId: scene.owner.organizationId,
      by: scene.owner,
    });
    await expectStatus(204, callAs('DELETE', memberUrl(scene), scene.owner));
    expect(await tryApiKey(firstNode, scene.key)).toEqual([401, 'token_invalid']);
    for (const node of [firstNode, secondNode])
      for (const key of [mine, others.key]) expect(await tryApiKey(node, key)).toEqual(KEY_ACCEPTED);
  });

  async function waitWithinBound(holds: () => Promise<boolean>): Promise<void> {
    const since = performance.now();
    while (!(await holds())) {
      if (performance.now() - since > MAX_TRUST_MS) throw new Error('It took more than a second.');
      await pause(5);
    }
  }
});

/** Counts what goes to the database from now on, by the name of the statement. */
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

describe('checking a key', () => {
  const LOOKUP_QUERY = 'api_keys.usable';
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  it('costs no query while nothing changes, refusals included', async () => {
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
    // A node that could not run for most of a second looks once more, rather than trust what it knows.
    expect(counts[LOOKUP_QUERY] ?? 0).toBeLessThanOrEqual(2);
    expect(counts['organizations.find']).toBe(50); // what was asked for itself; so the count does count
    const others = Object.keys(counts).filter((name) => ![LOOKUP_QUERY, 'organizations.find'].includes(name));
    expect(others.filter((name) => /key|user|standing|session|member/.test(name))).toEqual([]);
  });

  it('costs one query for a key that is not known, and none for what is no key', async () => {
    const counts = countQueries(app);
    for (const key of ['nonsense', `xntr-${'A'.repeat(85)}`, `xntr_${'A'.repeat(86)}`])
      expect(await tryApiKey(app, { key })).toEqual([401, 'token_invalid']);
    expect(counts[LOOKUP_QUERY]).toBeUndefined();
    expect(await tryApiKey(app, { key: `xntr-${'A'.repeat(86)}` })).toEqual([401, 'token_invalid']);
    expect(counts[LOOKUP_QUERY]).toBe(1);
  });
});
