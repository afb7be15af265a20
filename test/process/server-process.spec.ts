import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { buildServer, waitUntil, findProcessesUsing, ServerProcess } from '../support/app/server-process.js';
import { TEST_APP_SECRET } from '../support/app/test-secret.js';
import { WriteLoad } from '../support/app/write-load.js';
import { PASSWORD } from '../support/auth/given-users.js';
import { cloneDatabase } from '../support/database/databases.js';

const DRAIN_TIMEOUT_MS = 10_000;

async function listJobs(url: string): Promise<{ attempts: number; locked: boolean }[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const text = `SELECT attempts, locked_at IS NOT NULL AS locked FROM graphile_worker.jobs
    WHERE task_identifier NOT IN ('hourly', 'minutely')`;
  return client
    .query<{ attempts: number; locked: boolean }>(text)
    .then(({ rows }) => rows)
    .finally(() => client.end());
}

describe('the server as a process', () => {
  let folder: string;
  let env: Record<string, string>;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'xentree-process-'));
    chmodSync(folder, 0o755); // PostgreSQL runs in another account when this is root
    env = { DATA_DIR: join(folder, 'data') };
    buildServer();
  });

  afterEach(() => ServerProcess.killAll());
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function account(username: string): { username: string; email: string; password: string } {
    return { username, email: `${username}@example.com`, password: PASSWORD };
  }

  it('keeps everything it acknowledged when it is killed under write load, and leaves no orphan', async () => {
    const killed = await ServerProcess.start(env);
    const family = killed.processTree();
    expect(family.size).toBeGreaterThan(2); // it, its database with its workers, the watchdog
    const load = new WriteLoad(killed);
    const done = load.run(4);
    await waitUntil(() => load.accounts.length >= 24, 60_000);
    killed.signal('SIGKILL');
    expect(await killed.exited).toMatchObject({ signal: 'SIGKILL' });
    await done;

    const successor = await ServerProcess.start(env);
    expect(family.remainingPids()).toEqual([]);
    for (const username of load.accounts)
      expect((await successor.login(username, PASSWORD)).status).toBe(200);
    await load.expectAcknowledgedState(successor);

    const second = successor.processTree();
    successor.signal('SIGKILL');
    await successor.exited;
    await second.waitForExit();
  });

  it('ends with 1 when its database is killed, and the next start has everything it acknowledged', async () => {
    const server = await ServerProcess.start(env);
    const family = server.processTree();
    expect((await server.post('/api/auth/register', account('before-the-kill'))).status).toBe(201);
    process.kill(readPostmasterPid(), 'SIGKILL');
    expect(await server.exited).toMatchObject({ code: 1, signal: null });
    await family.waitForExit();
    const successor = await ServerProcess.start(env);
    expect((await successor.login('before-the-kill', PASSWORD)).status).toBe(200);
    successor.signal('SIGTERM');
    expect(await successor.exited).toMatchObject({ code: 0 });
  });

  function readPostmasterPid(): number {
    const file = readdirSync(env.DATA_DIR ?? '', { recursive: true, encoding: 'utf8' }).find((path) =>
      path.endsWith('postmaster.pid'),
    );
    return Number.parseInt(readFileSync(join(env.DATA_DIR ?? '', file ?? ''), 'utf8'), 10);
  }

  it('is packed without a loss: it describes its API as the sources do, and judges passwords', async () => {
    const server = await ServerProcess.start(env);
    const served = (await (await server.get('/openapi.json')).json()) as object;
    expect(served).toEqual(JSON.parse(readFileSync(join(__dirname, '../../openapi.json'), 'utf8')));
    const weak = await server.post('/api/auth/register', { ...account('weak'), password: 'password123' });
    expect((await weak.json()) as object).toMatchObject({ code: 'password_too_weak' });
    server.signal('SIGTERM');
    await server.exited;
  });

  it('is refused a data folder that another process uses, in a sentence', async () => {
    const owner = await ServerProcess.start(env);
    const refused = await ServerProcess.runToExit(env);
    expect(refused.code).toBe(1);
    expect(refused.errors).toBe(
      `The data folder ${realpathSync(env.DATA_DIR ?? '')} is in use by another process (pid ${owner.pid}). ` +
        'Stop that process first, or give this one a DATA_DIR of its own.\n',
    );
    expect((await owner.get('/health/ready')).status).toBe(200);
    owner.signal('SIGTERM');
    await owner.exited;
  });

  it('drains on SIGTERM and on Ctrl-C: what was begun is finished, nothing new is begun', async () => {
    const first = await ServerProcess.start(env);
    await expectDrained(first, 'drained-by-sigterm', () => first.signal('SIGTERM'));
    const second = await ServerProcess.start(env);
    expect((await second.login('drained-by-sigterm', PASSWORD)).status).toBe(200);
    await expectDrained(second, 'drained-by-ctrl-c', () => second.signalGroup('SIGINT'));
  });

  async function expectDrained(server: ServerProcess, username: string, send: () => void): Promise<void> {
    const family = server.processTree();
    const begun = await server.beginRequest('/api/auth/register', account(username));
    const sent = performance.now();
    send();
    await server.waitForLogEvent('server.draining');
    const late = await server.get('/health/live').then(
      ({ status }) => status,
      () => 'refused',
    );
    expect([503, 'refused']).toContain(late);
    expect((await begun.finish()).statusCode).toBe(201);
    const exit = await server.exited;
    expect(exit).toMatchObject({ code: 0, signal: null, errors: '' });
    expect(exit.out).toContain('"event":"server.stopped"'); // nothing had to be cut off
    expect(performance.now() - sent).toBeLessThan(DRAIN_TIMEOUT_MS);
    expect(family.remainingPids()).toEqual([]);
  }

  it('is what the shell of `npm start` becomes, so that signals reach it', async () => {
    const { scripts } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as {
      scripts: { start: string };
    };
    const script = scripts.start.replace('dist/server/main.mjs', `'${buildServer()}'`);
    const server = await ServerProcess.start(env, ['/bin/sh', '-c', script]);
    server.signal('SIGTERM');
    const { code, out } = await server.exited;
    expect(code).toBe(0);
    expect(out).toContain('"event":"server.stopped"');
  });

  it('ends within ten seconds although a client never finishes, and its database with it', async () => {
    const server = await ServerProcess.start(env);
    const family = server.processTree();
    await server.beginRequest('/api/auth/register', account('never-finished'));
    const sent = performance.now();
    server.signal('SIGTERM');
    const exit = await server.exited;
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(performance.now() - sent).toBeLessThan(DRAIN_TIMEOUT_MS);
    expect(exit.out).toContain('"event":"server.stopped"');
    expect(family.remainingPids()).toEqual([]);
  });

  it('is not held up by a mail server that never answers, and hands the job back', async () => {
    const database = await cloneDatabase();
    const callers: Socket[] = [];
    const silent = createServer((socket) => callers.push(socket.on('error', () => undefined)));
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const smtp = `smtp://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const server = await ServerProcess.start({
      DATABASE_URL: database.url,
      APP_SECRET: TEST_APP_SECRET,
      SMTP_URL: smtp,
    });
    expect((await server.post('/api/auth/register', account('waiting'))).status).toBe(201);
    await waitUntil(() => callers.length > 0, 20_000);
    expect(await listJobs(database.url)).toEqual([{ attempts: 1, locked: true }]);
    const sent = performance.now();
    server.signal('SIGTERM');
    expect(await server.exited).toMatchObject({ code: 0, errors: '' });
    expect(performance.now() - sent).toBeLessThan(DRAIN_TIMEOUT_MS);
    expect(await listJobs(database.url)).toEqual([{ attempts: 1, locked: false }]);
    callers.forEach((socket) => socket.destroy());
    silent.close();
    await database.drop();
  });

  it('says which port is taken, and takes its database along', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    const exit = await ServerProcess.runToExit({ ...env, PORT: String(port) });
    holder.close();
    expect(exit.code).toBe(1);
    expect(exit.errors).toBe(`Port ${port} is in use. Choose another one with PORT=…\n`);
    expect(exit.out).toContain('PostgreSQL is ready');
    await waitUntil(() => findProcessesUsing(folder).length === 0, 15_000);
  });

  it('prints every fault of a bad environment at once', async () => {
    const exit = await ServerProcess.runToExit({
      NODE_ENV: 'production',
      PORT: '70000',
      DATABASE_URL: 'mysql://localhost/xentree',
      REDIS_URL: 'localhost:6379',
      CORS_ORIGINS: 'https://app.example.com/path',
      TRUST_PROXY: 'everybody',
      METRICS_TOKEN: 'short',
      JWT_PRIVATE_KEY: 'not a key',
      RATE_LIMITS: 'off',
      MAIL: 'off',
    });
    expect(exit.code).toBe(1);
    expect(exit.out).toBe('');
    const [head, ...faults] = exit.errors.trimEnd().split('\n');
    expect(head).toBe('The environment is not valid:');
    expect(faults.map((fault) => fault.trim().split(':')[0]).sort()).toEqual([
      'APP_SECRET',
      'CORS_ORIGINS.0',
      'DATABASE_URL',
      'JWT_PRIVATE_KEY',
      'METRICS_TOKEN',
      'PASSWORD_BCRYPT_COST',
      'PORT',
      'PUBLIC_URL',
      'RATE_LIMITS',
      'REDIS_URL',
      'TRUST_PROXY',
    ]);
  });

  it.each([
    ['missing', {}, 'APP_SECRET: is required with DATABASE_URL and in production'],
    ['a sample', { APP_SECRET: 'change-me-change-me-change-me-change-me' }, 'APP_SECRET: is a sample value'],
  ])(
    'refuses production with a secret that is %s',
    async (_what, secret, fault) => {
      const usual = { PUBLIC_URL: 'https://api.example.com', MAIL: 'off', RATE_LIMITS: 'on' };
      const production = { NODE_ENV: 'production', PASSWORD_BCRYPT_COST: '12', ...usual };
      const exit = await ServerProcess.runToExit({ ...env, ...production, ...secret });
      expect(exit.code).toBe(1);
      expect(exit.errors).toMatch(new RegExp(`^The environment is not valid:\n  ${fault}.*\n$`));
    },
    60_000,
  );

  it('refuses a database of another secret', async () => {
    const database = await cloneDatabase();
    const own = { DATABASE_URL: database.url, APP_SECRET: TEST_APP_SECRET };
    const rightful = await ServerProcess.start(own);
    const exit = await ServerProcess.runToExit({ ...own, APP_SECRET: `${TEST_APP_SECRET}, and another one` });
    expect(exit.code).toBe(1);
    expect(exit.errors).toMatch(/^APP_SECRET does not belong to this database\. .*\n$/);
    expect((await rightful.get('/health/ready')).status).toBe(200);
    rightful.signal('SIGTERM');
    await rightful.exited;
    await database.drop();
  });
});
