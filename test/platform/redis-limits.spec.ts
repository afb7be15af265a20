import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';
import { type Answer, TestApp } from '../support/app/test-app.js';
import { eventually } from '../support/app/server-process.js';

const installed = spawnSync('redis-server', ['--version']).status === 0;
if (!installed)
  process.stdout.write('Skipped, because redis-server is not installed: limits shared in Redis.\n');
const LIMIT = 3; // reset mails an hour for one address

describe(installed ? 'two nodes with Redis' : 'two nodes without Redis', () => {
  const ifInstalled = installed ? it : it.skip;
  let folder: string;
  let port: number;
  let redis: ChildProcess;
  let nodes: [TestApp, TestApp];
  let count = 0;

  beforeAll(async () => {
    if (!installed) return;
    folder = mkdtempSync(join(tmpdir(), 'xentree-redis-'));
    port = await freePort();
    await startRedis();
    const env = { REDIS_URL: `redis://127.0.0.1:${port}`, RATE_LIMITS: 'on' };
    const first = await TestApp.start({ env });
    nodes = [first, await TestApp.start({ env, beside: first })];
    await bothReachRedis();
  });

  afterAll(async () => {
    if (!installed) return;
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
    await eventually(() => /Ready to accept connections/i.test(said), 10_000);
  }

  function address(): string {
    return `person-${(count += 1)}@example.com`;
  }

  function ask(node: TestApp, email: string): Promise<Answer> {
    return node.post('/api/v1/auth/forgot-password', { email });
  }

  /** Asks a dozen times at once, on both nodes in turn, and answers how often it was let through. */
  async function storm(email: string): Promise<number> {
    const calls = Array.from({ length: 12 }, (_, index) => ask(nodes[index % 2] as TestApp, email));
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    expect(statuses.filter((status) => status !== 200 && status !== 429)).toEqual([]);
    return statuses.filter((status) => status === 200).length;
  }

  async function windowsInRedis(): Promise<number> {
    const client = createClient({ url: `redis://127.0.0.1:${port}` });
    await client.connect();
    const keys = await client.keys('xentree:window:forgot-password:*');
    client.destroy();
    return keys.length;
  }

  async function windowsInPostgres(): Promise<number> {
    const text = `SELECT count(*)::int AS count FROM rate_windows WHERE policy = 'forgot-password'`;
    return (await nodes[0].sql<{ count: number }>(text))[0]?.count ?? 0;
  }

  async function bothReachRedis(): Promise<void> {
    for (const node of nodes) {
      await eventually(async () => {
        const before = await windowsInRedis();
        await ask(node, address());
        return (await windowsInRedis()) > before;
      }, 20_000);
    }
  }

  ifInstalled(
    'count together, say when to come back, and count anew when the window has passed',
    async () => {
      const [one, other] = nodes;
      const email = address();
      const inPostgres = await windowsInPostgres();
      const remaining = [await ask(one, email), await ask(other, email), await ask(one, email)].map(
        ({ headers }) => headers['ratelimit-remaining'],
      );
      expect(remaining).toEqual(['2', '1', '0']);
      for (const node of nodes) {
        const { status, headers, body } = await ask(node, email);
        expect({ status, code: body.code }).toEqual({ status: 429, code: 'too_many_attempts' });
        expect(headers['ratelimit-limit']).toBe(String(LIMIT));
        expect(Number(headers['retry-after'])).toBeGreaterThan(3500);
        expect(headers['retry-after']).toBe(headers['ratelimit-reset']);
      }
      expect((await ask(one, address())).status).toBe(200);
      expect(await windowsInPostgres()).toBe(inPostgres); // all of it was counted in Redis
      one.clock.advance(3601);
      expect(await storm(email)).toBe(LIMIT);
    },
  );

  ifInstalled('let exactly as many through as allowed when all come at once', async () => {
    for (let round = 0; round < 5; round += 1) expect(await storm(address())).toBe(LIMIT);
  });

  ifInstalled(
    'count in PostgreSQL while Redis hangs: nobody waits long and nothing is let through',
    async () => {
      const email = address();
      redis.kill('SIGSTOP');
      const began = performance.now();
      expect(await storm(email)).toBe(LIMIT);
      expect(performance.now() - began).toBeLessThan(5_000);
      redis.kill('SIGCONT');
      await bothReachRedis();
    },
  );

  ifInstalled('count in PostgreSQL when Redis dies, and in Redis again when it is back', async () => {
    const gone = once(redis, 'exit');
    redis.kill('SIGKILL');
    await gone;
    const before = await windowsInPostgres();
    const email = address();
    expect(await storm(email)).toBe(LIMIT);
    expect(await windowsInPostgres()).toBe(before + 1);
    for (const node of nodes) expect((await ask(node, email)).status).toBe(429);
    for (const node of nodes) expect((await node.get('/health/ready')).status).toBe(200);

    await startRedis();
    await bothReachRedis();
    expect(await storm(address())).toBe(LIMIT);
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
