import { setTimeout as pause } from 'node:timers/promises';
import { type Statement, UnitOfWork } from '@/platform/persistence/index.js';
import { givenKey, type GivenKey, tryKey, withKey, WORKS } from '@test/support/auth/api-keys.js';
import { TestApp } from '@test/support/app/test-app.js';
import { enableTwoFactor, expectStatus } from '@test/support/auth/given-users.js';
import {
  givenFounder,
  givenMemberOf,
  givenProvisioned,
  logIn,
  type Person,
  refusal,
} from '@test/support/organizations/given-organizations.js';

/** The promise: what a node has not heard of, it does not go on trusting for longer than this. */
const BOUND_MS = 1000;

interface Scene {
  owner: Person & { organizationId: string };
  maker: Person;
  key: GivenKey;
}

type End = (scene: Scene) => Promise<unknown>;

describe('what happens to a key, with two nodes on one database', () => {
  let here: TestApp;
  let there: TestApp;

  beforeAll(async () => {
    here = await TestApp.start();
    there = await TestApp.start({ beside: here });
  });
  afterAll(async () => {
    await there.stop();
    await here.stop();
  });

  const as = (method: string, url: string, by: Person, body?: unknown): ReturnType<TestApp['call']> =>
    here.call(method, url, { body, token: by.accessToken });
  const member = ({ owner, maker }: Scene): string =>
    `/api/organizations/${owner.organizationId}/members/${maker.id}`;
  /** Writes where it may, and changes nothing: an empty update. */
  const write = async (node: TestApp, { owner, key }: Scene): Promise<[number, string | undefined]> =>
    refusal(await withKey(node, key, `PATCH /api/organizations/${owner.organizationId}`, {}));

  async function givenScene(): Promise<Scene> {
    const owner = await givenFounder(here);
    const maker = await givenProvisioned(here, owner, 'admin');
    const scopes = ['organizations:read' as const, 'organizations:write' as const];
    const key = await givenKey(here, { organizationId: owner.organizationId, by: maker, scopes });
    return { owner, maker, key };
  }

  const DEAD: [number, string] = [401, 'token_invalid'];
  const ENDS: [string, [number, string], End][] = [
    [
      'its deletion',
      DEAD,
      ({ maker, key }) => expectStatus(204, as('DELETE', `/api/api-keys/${key.id}`, maker)),
    ],
    [
      'the removal of its maker',
      DEAD,
      (scene) => expectStatus(204, as('DELETE', member(scene), scene.owner)),
    ],
    ['the maker leaving', DEAD, (scene) => expectStatus(204, as('DELETE', member(scene), scene.maker))],
    [
      'the demotion of its maker',
      [403, 'insufficient_api_key_scope'],
      (scene) => expectStatus(200, as('PATCH', member(scene), scene.owner, { role: 'member' })),
    ],
    [
      'the deactivation of its maker',
      DEAD,
      ({ owner, maker }) =>
        expectStatus(200, as('PATCH', `/api/v1/users/${maker.id}`, owner, { is_active: false })),
    ],
    [
      'a reset of the password of its maker',
      DEAD,
      async ({ maker }) => {
        await expectStatus(200, here.post('/api/v1/auth/forgot-password', { email: maker.email }));
        const token = await here.lastLink(maker.email, 'reset-password');
        const reset = { token, password: 'pelicans varnish seven ladders' };
        await expectStatus(200, here.post('/api/v1/auth/reset-password', reset));
      },
    ],
    [
      'the erasure of its maker',
      DEAD,
      ({ maker }) => expectStatus(204, as('DELETE', '/api/auth/me', maker, { password: maker.password })),
    ],
    [
      'two-factor authentication being enforced',
      [403, 'two_factor_required'],
      async ({ owner }) => {
        await expectStatus(200, as('PATCH', '/api/v1/organization', owner, { enforce_2fa: true }));
      },
    ],
    [
      'the end of its organization',
      DEAD,
      ({ owner }) => expectStatus(204, as('DELETE', `/api/organizations/${owner.organizationId}`, owner)),
    ],
  ];

  it.each(ENDS)(
    '%s holds for the next request here, and there within a second',
    async (name, refused, end) => {
      const scene = await givenScene();
      if (name.startsWith('two-factor')) {
        await enableTwoFactor(here, scene.owner, 'totp');
      }
      for (const node of [here, there, here, there]) expect(await write(node, scene)).toEqual(WORKS); // both know it
      await end(scene);
      const since = performance.now();
      expect(await write(here, scene)).toEqual(refused);
      let lastAccepted = 0;
      for (let now = 0; now < BOUND_MS + 500 && now - lastAccepted < 300; now = performance.now() - since) {
        if ((await write(there, scene))[0] === 200) lastAccepted = now;
        await pause(5);
      }
      expect(lastAccepted).toBeLessThan(BOUND_MS);
      expect(await write(there, scene)).toEqual(refused);
      expect(await write(here, scene)).toEqual(refused);
    },
  );

  it('comes back on both when it is resumed, and when its maker gets the role back', async () => {
    const scene = await givenScene();
    const { owner, maker, key } = scene;
    expect(await write(there, scene)).toEqual(WORKS);
    await expectStatus(200, as('PATCH', `/api/v1/users/${maker.id}`, owner, { is_active: false }));
    await expectStatus(200, as('PATCH', `/api/v1/users/${maker.id}`, owner, { is_active: true }));
    await eventually(async () => (await write(there, scene))[0] === 401);
    const token = await logIn(here, maker);
    await expectStatus(200, here.post(`/api/api-keys/${key.id}/resume`, undefined, { token }));
    expect(await write(here, scene)).toEqual(WORKS);
    await eventually(async () => (await write(there, scene))[0] === 200);
    await expectStatus(200, as('PATCH', member(scene), owner, { role: 'team_manager' }));
    expect((await write(here, scene))[0]).toBe(403);
    await eventually(async () => (await write(there, scene))[0] === 403);
    await expectStatus(200, as('PATCH', member(scene), owner, { role: 'owner' }));
    expect(await write(here, scene)).toEqual(WORKS);
    await eventually(async () => (await write(there, scene))[0] === 200);
  });

  it('does not touch the keys of others', async () => {
    const scene = await givenScene();
    const others = await givenScene();
    const mine = await givenKey(here, { organizationId: scene.owner.organizationId, by: scene.owner });
    await expectStatus(204, as('DELETE', member(scene), scene.owner));
    expect(await tryKey(here, scene.key)).toEqual([401, 'token_invalid']);
    for (const node of [here, there])
      for (const key of [mine, others.key]) expect(await tryKey(node, key)).toEqual(WORKS);
  });

  async function eventually(holds: () => Promise<boolean>): Promise<void> {
    const since = performance.now();
    while (!(await holds())) {
      if (performance.now() - since > BOUND_MS) throw new Error('It took more than a second.');
      await pause(5);
    }
  }
});

/** Counts what goes to the database from now on, by the name of the statement. */
function counting(app: TestApp): Record<string, number> {
  const counts: Record<string, number> = {};
  const unitOfWork = app.app.get(UnitOfWork);
  const query = unitOfWork.query.bind(unitOfWork);
  unitOfWork.query = <Row extends object>(statement: Statement, values: unknown[]): Promise<Row[]> => {
    counts[statement.name] = (counts[statement.name] ?? 0) + 1;
    return query<Row>(statement, values);
  };
  return counts;
}

describe('checking a key', () => {
  const LOOK_UP = 'api_keys.usable';
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  it('costs no query while nothing changes, refusals included', async () => {
    const owner = await givenFounder(app);
    const member = await givenMemberOf(app, { organizationId: owner.organizationId, by: owner });
    const key = await givenKey(app, { organizationId: owner.organizationId, by: member });
    expect(await tryKey(app, key)).toEqual(WORKS);
    const counts = counting(app);
    for (let round = 0; round < 50; round += 1) {
      expect(await tryKey(app, key)).toEqual(WORKS);
      expect((await withKey(app, key, 'GET /api/auth/me')).status).toBe(403);
      expect((await withKey(app, key, 'POST /api/organizations', { name: 'x' })).status).toBe(403);
    }
    // A node that could not run for most of a second looks once more, rather than trust what it knows.
    expect(counts[LOOK_UP] ?? 0).toBeLessThanOrEqual(2);
    expect(counts['organizations.find']).toBe(50); // what was asked for itself; so the count does count
    const others = Object.keys(counts).filter((name) => ![LOOK_UP, 'organizations.find'].includes(name));
    expect(others.filter((name) => /key|user|standing|session|member/.test(name))).toEqual([]);
  });

  it('costs one query for a key that is not known, and none for what is no key', async () => {
    const counts = counting(app);
    for (const key of ['nonsense', `xntr-${'A'.repeat(85)}`, `xntr_${'A'.repeat(86)}`])
      expect(await tryKey(app, { key })).toEqual([401, 'token_invalid']);
    expect(counts[LOOK_UP]).toBeUndefined();
    expect(await tryKey(app, { key: `xntr-${'A'.repeat(86)}` })).toEqual([401, 'token_invalid']);
    expect(counts[LOOK_UP]).toBe(1);
  });
});
