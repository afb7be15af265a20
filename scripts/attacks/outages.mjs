// Measures what clients see while a dependency of the server fails: npm run build -- --code && node scripts/attacks/outages.mjs [name ...]
// Starts a PostgreSQL, a proxy in front of it, a Redis, a mail server, and the built server; nothing else is used.
// Prints a row for each outage: statuses, the time until not ready, and from the return until ready and until the first success.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';
import { startEmbedded } from '../../dist/src/platform/persistence/embedded/index.js';

const OUTAGE_MS = 6_000;
const GIVE_UP_MS = 40_000;
const PASSWORD = 'otters juggle nine lanterns';
const folder = mkdtempSync(join(tmpdir(), 'xentree-outages-'));
chmodSync(folder, 0o755);

/** Shifts the clock of the server by an hour with each SIGUSR2: forward, back to before the start, and right again. */
const MOVABLE_CLOCK = `const Real=Date;const steps=[3600e3,-3600e3,0];let off=0;
globalThis.Date=class extends Real{constructor(...a){a.length?super(...a):super(Real.now()+off)}static now(){return Real.now()+off}};
process.on('SIGUSR2',()=>{off=steps.shift()??0});`;

// The database, and a proxy whose connections can fall silent.
const startDatabase = () => startEmbedded({ dataDir: join(folder, 'database'), log: () => undefined });
let database = await startDatabase();
const postmaster = () =>
  Number.parseInt(readFileSync(join(database.clusterDir, 'postmaster.pid'), 'utf8'), 10);
function signalDatabase(signal) {
  const children = spawnSync('pgrep', ['-P', String(postmaster())], { encoding: 'utf8' }).stdout;
  for (const pid of [postmaster(), ...children.trim().split('\n').map(Number)]) process.kill(pid, signal);
}
const silent = new Set();
const sockets = new Set();
let areNewSilent = false;
const proxy = createServer((client) => {
  const server = connect(Number(new URL(database.url).port), '127.0.0.1');
  sockets.add(client);
  if (areNewSilent) silent.add(client);
  const isOpen = () => !silent.has(client);
  client.on('data', (data) => isOpen() && server.write(data)).on('error', () => undefined);
  server.on('data', (data) => isOpen() && client.write(data)).on('error', () => undefined);
  client.on('close', () => isOpen() && server.destroy());
  server.on('close', () => isOpen() && client.destroy());
}).listen(0, '127.0.0.1');
await once(proxy, 'listening');
const url = new URL(database.url);
url.port = String(proxy.address().port);

// Redis and mail.
const redisPort = 20_000 + (process.pid % 10_000);
const startRedis = () => spawn('redis-server', ['--port', String(redisPort), '--save', '', '--dir', folder]);
let redis = startRedis();
let smtpMode = 'accept';
const delivered = [];
const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onConnect: (_session, done) => smtpMode !== 'hang' && done(),
  onData(stream, _session, done) {
    stream.resume().on('end', () => {
      if (smtpMode === 'accept') delivered.push(performance.now());
      done(smtpMode === 'accept' ? null : Object.assign(new Error('no'), { responseCode: Number(smtpMode) }));
    });
  },
}).on('error', () => undefined);
smtp.listen(0, '127.0.0.1');
await once(smtp.server, 'listening');

// The server.
const env = {
  PATH: process.env.PATH,
  DATABASE_URL: url.href,
  REDIS_URL: `redis://127.0.0.1:${redisPort}`,
  SMTP_URL: `smtp://127.0.0.1:${smtp.server.address().port}`,
  MAIL_FROM: 'server@example.com',
  APP_SECRET: 'only for this measurement, never elsewhere',
  PASSWORD_BCRYPT_COST: '4',
  RATE_LIMITS: 'on',
  PORT: '0',
};
const server = spawn(
  process.execPath,
  [
    '--import',
    `data:text/javascript;base64,${btoa(MOVABLE_CLOCK)}`,
    join(import.meta.dirname, '../../dist/server/main.mjs'),
  ],
  { env },
);
let log = '';
server.stdout.on('data', (data) => (log += data));
server.stderr.pipe(process.stderr);
server.on('exit', (code) => code && process.exit(code));
while (!log.includes('server.ready')) await pause(50);
const base = /"api":"([^"]+)"/.exec(log)[1];

let token = '';
const acknowledged = [];
async function call(method, path, body, timeout = GIVE_UP_MS) {
  const start = performance.now();
  const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) };
  const options = {
    method,
    headers,
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(timeout),
  };
  const response = await fetch(base + path, options).catch(() => undefined);
  const json = await response?.json().catch(() => undefined);
  return { status: response?.status ?? 0, json, ms: performance.now() - start, start };
}
async function logIn() {
  const body = new URLSearchParams({ username: 'ada', password: PASSWORD });
  token = (await (await fetch(`${base}/api/auth/token`, { method: 'POST', body })).json()).access_token;
}
const register = (name) =>
  call('POST', '/api/auth/register', { username: name, email: `${name}@example.com`, password: PASSWORD });
async function write() {
  const result = await call('POST', '/api/core/notes', { content: 'acknowledged' });
  if (result.status === 201) acknowledged.push(result.json.id);
  return result;
}
const seconds = (ms) => (ms === undefined ? '-' : `${(ms / 1000).toFixed(1)} s`);
function countStatuses(results) {
  const statuses = results.map(({ status }) => status);
  const count = (status) => `${statuses.filter((other) => other === status).length} x ${status}`;
  return [...new Set(statuses)].sort().map(count).join(', ');
}

/** Four clients write all the time, one asks for readiness, while `begin` and, after some seconds, `end` change the world. */
async function measure(name, begin, end = () => undefined) {
  let running = true;
  const results = [];
  const states = [];
  const client = async () => {
    while (running) {
      results.push(await write());
      if (results.at(-1).status === 401) await logIn();
      await pause(20);
    }
  };
  const observer = async () => {
    while (running) {
      const { status } = await call('GET', '/health/ready', undefined, 5_000);
      states.push({ at: performance.now(), ready: status === 200 });
      await pause(20);
    }
  };
  const clients = [client(), client(), client(), client(), observer()];
  await pause(1_000);
  const began = performance.now();
  await begin();
  await pause(OUTAGE_MS);
  await end();
  const returned = performance.now();
  const isWhole = () =>
    states.at(-1)?.ready && results.at(-1)?.status === 201 && results.at(-1).start > returned;
  const limit = performance.now() + GIVE_UP_MS;
  while (!isWhole() && performance.now() < limit) await pause(20);
  await pause(1_000);
  running = false;
  await Promise.all(clients);
  const during = results.filter(({ start, ms }) => start + ms > began);
  const firstFailure = during.find(({ status }) => status !== 201);
  const notReady = states.find(({ at, ready }) => at > began && !ready);
  const success = during.find(({ status, start }) => status === 201 && start > returned);
  const lastNotReady = states.findLast(({ ready }) => !ready)?.at ?? 0;
  report(name, countStatuses(during), {
    'slowest answer': seconds(Math.max(...during.map(({ ms }) => ms))),
    'not ready after': seconds(firstFailure && notReady && notReady.at - Math.max(began, firstFailure.start)),
    'ready after the return': seconds(notReady && Math.max(0, lastNotReady - returned)),
    'success after the return': seconds(success && success.start + success.ms - returned),
  });
}
function report(name, statuses, facts) {
  console.log(
    `${name}: ${statuses}; ${Object.entries(facts)
      .map(([key, value]) => `${key} ${value}`)
      .join(', ')}`,
  );
}

/** Limited requests one after the other. */
async function measureRedis(name, begin, end) {
  await begin();
  const results = [];
  for (let count = 0; count < 15; count += 1)
    results.push(
      await call('POST', '/api/v1/auth/forgot-password', { email: `p${Math.random()}@example.com` }),
    );
  await end?.();
  const times = results
    .slice(1)
    .map(({ ms }) => ms)
    .sort((a, b) => a - b);
  report(name, countStatuses(results), {
    first: `${results[0].ms.toFixed(0)} ms`,
    median: `${times[7].toFixed(0)} ms`,
    slowest: `${times.at(-1).toFixed(0)} ms`,
  });
  await pause(1_500);
}

let accounts = 0;
async function measureMail(name, mode) {
  smtpMode = mode;
  const count = delivered.length;
  const result = await register(`mail-${(accounts += 1)}`);
  await pause(OUTAGE_MS);
  smtpMode = 'accept';
  const returned = performance.now();
  while (delivered.length === count && performance.now() - returned < GIVE_UP_MS) await pause(50);
  const after = delivered.length > count ? seconds(delivered.at(-1) - returned) : 'not delivered';
  report(name, `registration ${result.status} in ${result.ms.toFixed(0)} ms`, {
    'mail after the return': after,
  });
}

await register('ada');
await logIn();
const scenarios = {
  'present connections silent': () =>
    measure('present connections silent', () => sockets.forEach((socket) => silent.add(socket))),
  'all connections silent': () =>
    measure(
      'all connections silent',
      () => ((areNewSilent = true), sockets.forEach((socket) => silent.add(socket))),
      () => (areNewSilent = false),
    ),
  'database frozen': () =>
    measure(
      'database frozen',
      () => signalDatabase('SIGSTOP'),
      () => signalDatabase('SIGCONT'),
    ),
  'database killed and restarted': () =>
    measure(
      'database killed and restarted',
      () => process.kill(postmaster(), 'SIGKILL'),
      async () => {
        await database.stop();
        database = await startDatabase();
      },
    ),
  'Redis answers': () => measureRedis('Redis answers', () => pause(1_000)),
  'Redis hung': () =>
    measureRedis(
      'Redis hung',
      () => redis.kill('SIGSTOP'),
      () => redis.kill('SIGCONT'),
    ),
  'Redis killed': () =>
    measureRedis(
      'Redis killed',
      () => redis.kill('SIGKILL'),
      () => void (redis = startRedis()),
    ),
  'mail server hung': () => measureMail('mail server hung', 'hang'),
  'mail server answers 451': () => measureMail('mail server answers 451', '451'),
  'mail server answers 550': () => measureMail('mail server answers 550', '550'),
  'clock an hour ahead': () => measure('clock an hour ahead', () => server.kill('SIGUSR2')),
  'clock an hour behind': () => measure('clock an hour behind', () => server.kill('SIGUSR2')),
  'clock right again': () => measure('clock right again', () => server.kill('SIGUSR2')),
};
const chosen = process.argv.slice(2);
for (const [name, run] of Object.entries(scenarios))
  if (chosen.length === 0 || chosen.includes(name)) await run();

await logIn();
const found = [];
for (const id of acknowledged) found.push(await call('GET', `/api/core/notes/${id}`));
console.log(`acknowledged notes: ${acknowledged.length}; read again: ${countStatuses(found)}`);
server.kill('SIGTERM');
const [code] = await once(server, 'exit');
console.log(`exit code after SIGTERM: ${code}`);
redis.kill('SIGKILL');
smtp.close();
proxy.close();
await database.stop();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
