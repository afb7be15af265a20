// Measures what the server costs, against a minimal server (the baseline) and the password hash alone, in one run.
//   npm run bench -- [--rounds 5] [--seconds 3] [--only start,me,organizations,members,messages,login,refresh]
// The rounds of all sides alternate. Absolute figures depend on the machine; the ratios are to be watched, on a machine
// that does nothing else. Needs a build, which npm run bench makes.
// BENCH_DATABASE_URL names a PostgreSQL to use instead of the embedded one; databases are created there and dropped.
// BENCH_AGAINST names a folder with another build, which is measured in the same run.
import { availableParallelism, cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import bcrypt from 'bcrypt';
import { CONVERSATION, seed, seedMessages, MESSAGES, ORGANIZATION } from './seed.mjs';
import { report } from './report.mjs';
import { AGAINST, ROOT, baselineOn, buildIn, openPostgres, start, startLoad } from './servers.mjs';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    only: { type: 'string', default: 'start,me,organizations,members,messages,login,refresh' },
  },
});
const rounds = Number(flags.rounds);
const seconds = Number(flags.seconds);
const wanted = flags.only.split(',');

const CONNECTIONS = 32;
/** Enough to keep every hashing thread busy; more logins would only wait. */
const LOGINS_AT_ONCE = 8;
const WARM_REQUESTS = 10_000;
const WARM_LISTS = 300;
const SETTLE_MS = 2000;
const LOGIN = '/api/auth/token';
const MEMBERS = `/api/organizations/${ORGANIZATION}/members`;
const PAGE = `/api/core/conversations/${CONVERSATION}/messages?limit=50`;
const LAST = Buffer.alloc(4);
LAST.writeInt32BE(MESSAGES - 50);
const password = 'otters juggle nine lanterns';
const users = Array.from({ length: CONNECTIONS }, (_, index) => `bench-${index}`);

const measured = {};
const say = (text) => process.stdout.write(`${text}\n`);

function note(operation, side, figures) {
  ((measured[operation] ??= {})[side] ??= []).push(figures);
}

/** Reverses the order in every second round, so that no side always follows the same other one. */
async function alternate(names, work) {
  for (let round = 0; round < rounds; round += 1)
    for (const name of round % 2 ? names.toReversed() : names) await work(name);
}

async function register(url) {
  for (const username of users) {
    const person = { username, email: `${username}@example.com`, password, full_name: 'Ada Lovelace' };
    const headers = { 'content-type': 'application/json' };
    const request = { method: 'POST', headers, body: JSON.stringify(person) };
    const response = await fetch(`${url}/api/auth/register`, request);
    if (response.status !== 201) throw new Error(`register: ${response.status} ${await response.text()}`);
  }
}

async function measureStart(sides) {
  await alternate(Object.keys(sides), async (side) => {
    const server = await start(sides[side]);
    const readyCpuMs = (await server.ask('cpu')) / 1000;
    await pause(SETTLE_MS);
    note('start', side, { readyMs: server.readyMs, readyCpuMs, rssMb: (await server.ask('rss')) / 2 ** 20 });
    await server.stop();
  });
}

/** Runs one job on one server; returns its rate and the CPU time of the server per request. */
async function measure(server, load, job) {
  const withDelay = job.kind === 'login';
  if (withDelay) await server.ask('watchDelay');
  const before = await server.ask('cpu');
  const { requests, seconds: taken, tokens } = await load.run({ url: server.url, seconds, ...job });
  const cpu = ((await server.ask('cpu')) - before) / requests;
  const delayP99 = withDelay ? await server.ask('delayP99') : undefined;
  return { requests, tokens, figures: { rate: requests / taken, cpu, delayP99 } };
}

async function measureLoad(servers, load, tokens) {
  const login = { kind: 'login', path: LOGIN, users: users.slice(0, LOGINS_AT_ONCE), password };
  const jobs = {
    me: (side) => ({ kind: 'get', path: '/api/auth/me', tokens: tokens[side].me }),
    organizations: (side) => ({ kind: 'get', path: '/api/organizations', tokens: tokens[side].me }),
    members: (side) => ({ kind: 'get', path: MEMBERS, tokens: tokens[side].me }),
    messages: (side) => ({ kind: 'get', path: PAGE, tokens: repeatFirst(tokens[side].me) }),
    'last messages': (side) => ({
      kind: 'get',
      tokens: repeatFirst(tokens[side].me),
      path: `${PAGE}&cursor=${LAST.toString('base64url')}`,
    }),
    login: (side) => (side === 'hash' ? { ...login, path: '/hash' } : login),
    refresh: (side) => ({ kind: 'refresh', tokens: tokens[side].refresh }),
  };
  for (const operation of Object.keys(jobs).filter((name) => wanted.includes(name.replace('last ', '')))) {
    const names = Object.keys(servers).filter((name) => name !== 'hash' || operation === 'login');
    const once = async (side) => {
      const result = await measure(servers[side], load, jobs[operation](side));
      if (operation === 'refresh') tokens[side].refresh = result.tokens;
      return result;
    };
    say(`Measuring ${operation} …`);
    const warm = { login: 1, members: WARM_LISTS }[operation] ?? WARM_REQUESTS;
    for (const side of names) await warmUp(warm, () => once(side));
    await alternate(names, async (side) => note(operation, side, (await once(side)).figures));
  }
}

/** Returns as many tokens, all of the user who owns the long conversation. */
function repeatFirst(tokens) {
  return tokens.map(() => tokens[0]);
}

/** Runs unmeasured rounds, counted by requests: on a busy machine a given time would not warm the code up. */
async function warmUp(requests, once) {
  let done = 0;
  while (done < requests) done += (await once()).requests;
}

async function logIn(load, { url }) {
  const job = { kind: 'login', path: LOGIN, url, users, password, seconds: 0 };
  return { me: (await load.run(job)).tokens, refresh: (await load.run(job)).tokens };
}

/** Starts a build on a new database, which it migrates, and fills the database. Returns the build. */
async function prepare(folder, databaseUrl) {
  const side = buildIn(folder, databaseUrl);
  const server = await start(side);
  try {
    await register(server.url);
    await seed(databaseUrl);
    if (wanted.includes('messages')) await seedMessages(databaseUrl);
  } finally {
    await server.stop();
  }
  return side;
}

/** Each side has a database of its own with the same content, so that none of them does work for another one. */
async function prepareSides(postgres) {
  const server = await prepare(ROOT, await postgres.createDatabase());
  const against = AGAINST && (await prepare(AGAINST, await postgres.createDatabase()));
  const baselineUrl = await postgres.createDatabase(server.env.DATABASE_URL);
  const baseline = baselineOn(baselineUrl, await bcrypt.hash(password, 12));
  return { server, ...(against && { against }), baseline };
}

const postgres = await openPostgres();
const running = [];
try {
  const machine = `${availableParallelism()} cores of ${cpus()[0]?.model.trim()}`;
  say(`Node ${process.version}, ${machine}, ${rounds} rounds of ${seconds} s`);
  const sides = await prepareSides(postgres);
  if (wanted.includes('start')) await measureStart(sides);
  const servers = {};
  for (const [name, side] of Object.entries(sides)) {
    servers[name] = await start(side);
    running.push(servers[name]);
  }
  const load = startLoad();
  running.push(load);
  const tokens = {};
  for (const [name, server] of Object.entries(servers)) tokens[name] = await logIn(load, server);
  await measureLoad({ ...servers, hash: servers.baseline }, load, tokens);
  say(report(measured, AGAINST));
} finally {
  await Promise.all(running.map((process) => process.stop()));
  await postgres.close();
}
