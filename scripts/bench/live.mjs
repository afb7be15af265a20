// Measures live sessions.
//   npm run bench:live -- [--rounds 5] [--seconds 3] [--sockets 1000] [--only heartbeat,sockets,audio]
// `heartbeat`: beside a minimal server that executes one conditional UPDATE, in rounds that alternate. `sockets`: memory of a
// socket, and heartbeats over HTTP while all sockets are open. `audio`: what the server adds to the first audio of an answer.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { ROOT, baselineOn, buildIn, openPostgres, start, startLoad } from './servers.mjs';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    sockets: { type: 'string', default: '1000' },
    only: { type: 'string', default: 'heartbeat,sockets,audio' },
  },
});
const rounds = Number(flags.rounds);
const seconds = Number(flags.seconds);
const wanted = new Set(flags.only.split(','));
const password = 'otters juggle nine lanterns';
const BEATING = 32;
const SETTLE_MS = 5000;
const PROVIDER_DELAY_MS = 100;
/** A turn by text: the language model and the synthesis. */
const PROVIDER_STEPS = 2;
const say = (text) => process.stdout.write(`${text}\n`);
const at = (path) => fileURLToPath(new URL(path, import.meta.url));

async function call(url, path, options) {
  const response = await fetch(`${url}${path}`, { method: 'POST', ...options });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

const JSON_HEADERS = { 'content-type': 'application/json' };

/** Registers a user; returns the access token. */
async function register({ url }, username) {
  const person = { username, email: `${username}@example.com`, password };
  await call(url, '/api/auth/register', { headers: JSON_HEADERS, body: JSON.stringify(person) });
  const form = new URLSearchParams({ username, password });
  return (await call(url, '/api/auth/token', { body: form })).access_token;
}

async function startSession({ url }, token) {
  const headers = { ...JSON_HEADERS, authorization: `Bearer ${token}` };
  const body = JSON.stringify({ session_type: 'voice' });
  const session = await call(url, '/api/live/session/start', { headers, body });
  return { id: session.session_id, ticket: session.socket_ticket, token };
}

/** Applies `work` to all items, eight at a time. */
async function forEach(items, work) {
  const results = [];
  while (results.length < items.length) {
    const batch = items.slice(results.length, results.length + 8);
    results.push(...(await Promise.all(batch.map(work))));
  }
  return results;
}

/** Registers all users before the first session starts: a session without a heartbeat lives for 45 seconds. */
async function startSessions(server, prefix, count) {
  const names = Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
  const tokens = await forEach(names, (name) => register(server, name));
  return forEach(tokens, (token) => startSession(server, token));
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

async function measureHeartbeats(servers, load) {
  const sessions = await startSessions(servers.server, 'beat', BEATING);
  const figures = { server: [], baseline: [] };
  const once = async (side, time) => {
    const before = await servers[side].ask('cpu');
    const job = { kind: 'heartbeat', url: servers[side].url, sessions, seconds: time };
    const result = await load.run(job);
    const cpu = ((await servers[side].ask('cpu')) - before) / result.requests;
    return { rate: result.requests / result.seconds, cpu };
  };
  const sides = Object.keys(figures);
  for (const side of sides) await once(side, 5);
  for (let round = 0; round < rounds; round += 1)
    for (const side of round % 2 ? sides.toReversed() : sides) figures[side].push(await once(side, seconds));
  const ratioOf = (key) =>
    median(figures.server.map((round, index) => round[key] / figures.baseline[index][key]));
  const rates = sides.map((side) => median(figures[side].map(({ rate }) => rate)).toFixed(0));
  say(
    `heartbeat: server ${rates[0]}/s, baseline ${rates[1]}/s, ratio ${ratioOf('rate').toFixed(2)} (goal >= 0.6); ` +
      `CPU ${median(figures.server.map(({ cpu }) => cpu)).toFixed(0)} us, ratio ${ratioOf('cpu').toFixed(2)}`,
  );
}

async function measureSockets({ server }, load) {
  const count = Number(flags.sockets);
  const sessions = await startSessions(server, 'socket', count);
  const before = await server.ask('rss');
  const { open } = await load.run({ kind: 'openSockets', url: server.url, sessions });
  await pause(SETTLE_MS);
  const each = ((await server.ask('rss')) - before) / open / 1000;
  const cpuBefore = await server.ask('cpu');
  const beats = await load.run({ kind: 'paceHeartbeats', url: server.url, sessions, seconds: 45 });
  const cores = ((await server.ask('cpu')) - cpuBefore) / 45e6;
  say(
    `${open} sockets: ${each.toFixed(1)} kB each (goal < 40); ${beats.requests} heartbeats over HTTP beside them: p50 ` +
      `${beats.p50.toFixed(1)} ms, p99 ${beats.p99.toFixed(1)} ms (goal < 50); ${(cores * 100).toFixed(0)} % of a core; ` +
      `${beats.open} still open`,
  );
  await load.run({ kind: 'closeSockets' });
}

async function measureAudio({ server }, load) {
  const [session] = await startSessions(server, 'voice', 1);
  const { p50, p99 } = await load.run({ kind: 'firstAudio', url: server.url, session, turns: 40 });
  const own = PROVIDER_DELAY_MS * PROVIDER_STEPS;
  say(
    `first audio after a turn: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, of which the provider takes ${own}; ` +
      `the server adds ${(p50 - own).toFixed(1)} ms (goal <= 20)`,
  );
}

async function startProvider() {
  const child = fork(at('./speech-provider.mjs'), ['--delay', String(PROVIDER_DELAY_MS)], { silent: true });
  child.stdout.setEncoding('utf8');
  const [line] = await once(child.stdout, 'data');
  return { url: line.trim(), stop: () => child.kill() };
}

function toEnv(providerUrl) {
  return {
    OPENAI_COMPATIBLE_BENCH_BASE_URL: providerUrl,
    OPENAI_COMPATIBLE_BENCH_MODELS: 'model-a',
    AI_PROVIDER_ORDER: 'bench',
    SPEECH_BASE_URL: providerUrl,
    SPEECH_API_KEY: 'bench',
    SPEECH_STT_MODEL: 'ears',
    SPEECH_TTS_MODEL: 'voice',
    LIVE_IDLE_SECONDS: '3600',
    PASSWORD_BCRYPT_COST: '4',
  };
}

const provider = await startProvider();
const postgres = await openPostgres();
const running = [];
try {
  const machine = `${availableParallelism()} cores of ${cpus()[0]?.model.trim()}`;
  say(`Node ${process.version}, ${machine}, ${rounds} rounds of ${seconds} s`);
  const side = buildIn(ROOT, await postgres.createDatabase());
  const server = await start({ ...side, env: { ...side.env, ...toEnv(provider.url) } });
  running.push(server);
  const baseline = await start(baselineOn(side.env.DATABASE_URL, ''));
  running.push(baseline);
  const load = startLoad();
  running.push(load);
  const servers = { server, baseline };
  if (wanted.has('heartbeat')) await measureHeartbeats(servers, load);
  if (wanted.has('audio')) await measureAudio(servers, load);
  if (wanted.has('sockets')) await measureSockets(servers, load);
} finally {
  await Promise.all(running.map((process) => process.stop()));
  await postgres.close();
  provider.stop();
}
