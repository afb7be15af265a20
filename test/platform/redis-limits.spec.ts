import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';
import { waitUntil } from '../support/app/server-process.js';
import { type TestResponse, TestApp } from '../support/app/test-app.js';

const isRedisInstalled = spawnSync('redis-server', ['--version']).status === 0;
if (!isRedisInstalled)
  process.stdout.write('Skipped, because redis-server is not installed: limits shared in Redis.\n');
const LIMIT = 3; // reset mails an hour for one address

describe(isRedisInstalled ? 'two nodes with Redis' : 'two nodes without Redis', () => {
  const itWithRedis = isRedisInstalled ? it : it.skip;
  let folder: string;
  let port: number;
  let redis: ChildProcess;
  let nodes: [TestApp, TestApp];
  let count = 0;

  beforeAll(async () => {
    if (!isRedisInstalled) return;
    folder = mkdtempSync(join(tmpdir(), 'xentree-redis-'));
    port = await freePort();
    await startRedis();
    const env = { REDIS_URL: `redis://127.0.0.1:${port}`, RATE_LIMITS: 'on' };
    const first = await TestApp.start({ env });
    nodes = [first, await TestApp.start({ env, siblingOf: first })];
    await waitForRedisOnBothNodes();
  });

  afterAll(async () => {
    if (!isRedisInstalled) return;
    await nodes[1].stop();
    await nodes[0].stop();
    redis.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  async function startRedis(): Promise<void> {
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    redis = spawn('redis-server', [...options, '--dir', folder], { stdio: ['ignore', 'pipe', 'ignore'] });
    let said = '';
    redis.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await waitUntil(() => /Ready to accept connections/i.test(said), 10_000);
  }

  function newAddress(): string {
    return `person-${(count += 1)}@example.com`;
  }

  function requestReset(node: TestApp, email: string): Promise<TestResponse> {
    return node.post('/api/v1/auth/forgot-password', { email });
  }

  /** Asks a dozen times at once, on both nodes in turn, and answers how often it was let through. */
  async function countAllowed(email: string): Promise<number> {
    const calls = Array.from({ length: 12 }, (_, index) => requestReset(nodes[index % 2] as TestApp, email));
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    expect(statuses.filter((status) => status !== 200 && status !== 429)).toEqual([]);
    return statuses.filter((status) => status === 200).length;
  }

  async function countRedisWindows(): Promise<number> {
    const client = createClient({ url: `redis://127.0.0.1:${port}` });
    await client.connect();
    const keys = await client.keys('xentree:window:forgot-password:*');
    client.destroy();
    return keys.length;
  }

  async function countPostgresWindows(): Promise<number> {
    const text = `SELECT count(*)::int AS count FROM rate_windows WHERE policy = 'forgot-password'`;
    return (await nodes[0].sql<{ count: number }>(text))[0]?.count ?? 0;
  }

  async function waitForRedisOnBothNodes(): Promise<void> {
    for (const node of nodes) {
      await waitUntil(async () => {
        const before = await countRedisWindows();
        await requestReset(node, newAddress());
        return (await countRedisWindows()) > before;
      }, 10_000);
    }
  }

  itWithRedis('count together, state when to retry, and start again when the window has passed', async () => {
    const [one, other] = nodes;
    const email = newAddress();
    const inPostgres = await countPostgresWindows();
    const remaining = [
      await requestReset(one, email),
      await requestReset(other, email),
      await requestReset(one, email),
    ].map(({ headers }) => headers['ratelimit-remaining']);
    expect(remaining).toEqual(['2', '1', '0']);
    for (const node of nodes) {
      const { status, headers, body } = await requestReset(node, email);
      expect({ status, code: body.code }).toEqual({ status: 429, code: 'too_many_attempts' });
      expect(headers['ratelimit-limit']).toBe(String(LIMIT));
      expect(Number(headers['retry-after'])).toBeGreaterThan(3500);
      expect(headers['retry-after']).toBe(headers['ratelimit-reset']);
    }
    expect((await requestReset(one, newAddress())).status).toBe(200);
    expect(await countPostgresWindows()).toBe(inPostgres); // all of it was counted in Redis
    one.clock.advance(3601);
    expect(await countAllowed(email)).toBe(LIMIT);
  });

  itWithRedis('let exactly as many through as allowed when all come at once', async () => {
    for (let round = 0; round < 5; round += 1) expect(await countAllowed(newAddress())).toBe(LIMIT);
  });

  itWithRedis(
    'count in PostgreSQL while Redis hangs: requests wait only briefly and none exceeds the limit',
    async () => {
      const email = newAddress();
      redis.kill('SIGSTOP');
      const began = performance.now();
      expect(await countAllowed(email)).toBe(LIMIT);
      expect(performance.now() - began).toBeLessThan(5_000);
      redis.kill('SIGCONT');
      await waitForRedisOnBothNodes();
    },
  );

  itWithRedis(
    'do not wait for a hung Redis after the first request, and use it again afterwards',
    async () => {
      redis.kill('SIGSTOP');
      await Promise.all(nodes.map((node) => requestReset(node, newAddress())));
      const times: number[] = [];
      for (let count = 0; count < 20; count += 1) {
        const start = performance.now();
        expect((await requestReset(nodes[0], newAddress())).status).toBe(200);
        times.push(performance.now() - start);
      }
      expect(times.sort((a, b) => a - b)[10]).toBeLessThan(100);
      redis.kill('SIGCONT');
      await waitForRedisOnBothNodes();
    },
  );

  itWithRedis('count in PostgreSQL when Redis dies, and in Redis again when it is back', async () => {
    const gone = once(redis, 'exit');
    redis.kill('SIGKILL');
    await gone;
    const before = await countPostgresWindows();
    const email = newAddress();
    expect(await countAllowed(email)).toBe(LIMIT);
    expect(await countPostgresWindows()).toBe(before + 1);
    for (const node of nodes) expect((await requestReset(node, email)).status).toBe(429);
    for (const node of nodes) expect((await node.get('/health/ready')).status).toBe(200);

    await startRedis();
    await waitForRedisOnBothNodes();
    expect(await countAllowed(newAddress())).toBe(LIMIT);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
