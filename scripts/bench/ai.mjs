// Measures what the server adds to a language model, against the model itself and a proxy that only forwards bytes.
//   npm run bench:ai -- [--rounds 5] [--seconds 4] [--only first,whole,streams,paced,many,memory]
// One scripted provider, one run; the rounds of the sides alternate. `paced`: 64 streams of 20 tokens, 5 ms apart. `many`:
// 1,000 streams of 10 tokens a second for --minutes (2), of 16 accounts. `memory` streams for --minutes (10) and prints the
// size of the process. BENCH_AGAINST names a folder with another build, which is measured in the same run.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { AGAINST, ROOT, buildIn, openPostgres, start, startLoad } from './servers.mjs';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    minutes: { type: 'string' },
    only: { type: 'string', default: 'first,whole,streams' },
  },
});
const rounds = Number(flags.rounds);
const seconds = Number(flags.seconds);
const wanted = new Set(flags.only.split(','));
const password = 'otters juggle nine lanterns';
const say = (text) => process.stdout.write(`${text}\n`);
const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Starts the scripted provider as a process. */
async function startProvider(...options) {
  const child = fork(at('../../dist/scripts/fake-provider.js'), options, { silent: true });
  child.stdout.setEncoding('utf8');
  const [line] = await once(child.stdout, 'data');
  return { url: line.trim(), stop: () => child.kill() };
}

const model = 'model-a';
const question = { stream: false, model, messages: [{ role: 'user', content: 'Tell me about foxes.' }] };

const isServer = (side) => side === 'server' || side === 'against';

/** The same question as a request to one side. */
function toRequest(side, { token, stream }) {
  if (!isServer(side))
    return { path: '/v1/chat/completions', headers: {}, body: JSON.stringify({ ...question, stream }) };
  const body = { message: 'Tell me about foxes.', provider: 'bench', stream };
  return {
    path: '/api/ai/generate',
    headers: { Authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  };
}

async function call(url, path, options) {
  const response = await fetch(`${url}${path}`, { method: 'POST', ...options });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

async function signUp({ url }, username = 'bench') {
  const headers = { 'content-type': 'application/json' };
  const person = { username, email: `${username}@example.com`, password };
  await call(url, '/api/auth/register', { headers, body: JSON.stringify(person) });
  const form = new URLSearchParams({ username, password });
  return (await call(url, '/api/auth/token', { body: form })).access_token;
}

/** Starts a provider, a proxy and the server for `work`. */
async function withServers(options, work) {
  const provider = await startProvider(...options);
  const postgres = await openPostgres();
  const running = [];
  const servers = { direct: { url: provider.url.replace(/\/v1$/, ''), ask: async () => 0 } };
  const tokens = {};
  try {
    for (const [name, side] of Object.entries(await listSides(provider.url, postgres))) {
      servers[name] = await start(side);
      running.push(servers[name]);
      if (isServer(name)) tokens[name] = await signUp(servers[name]);
    }
    const load = startLoad();
    running.push(load);
    await work(servers, load, tokens);
  } finally {
    await Promise.all(running.map((process) => process.stop()));
    await postgres.close();
    provider.stop();
  }
}

/** The programs that stand between a client and the provider. */
async function listSides(providerUrl, postgres) {
  const build = async (folder) => {
    const side = buildIn(folder, await postgres.createDatabase());
    const providerEnv = {
      OPENAI_COMPATIBLE_BENCH_BASE_URL: providerUrl,
      OPENAI_COMPATIBLE_BENCH_MODELS: model,
      AI_PROVIDER_ORDER: 'bench',
    };
    return { ...side, env: { ...side.env, ...providerEnv } };
  };
  return {
    baseline: {
      script: at('./baseline-proxy.mjs'),
      env: { PATH: process.env.PATH, PROVIDER_URL: providerUrl },
    },
    server: await build(ROOT),
    ...(AGAINST && { against: await build(AGAINST) }),
  };
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/** Runs rounds of one job on each side in turn; returns the rounds of each. */
async function measure(servers, load, { names, kind, width, tokens, stream, spread }) {
  const figures = Object.fromEntries(names.map((name) => [name, []]));
  const once = async (name, time) => {
    const job = {
      kind,
      url: servers[name].url,
      width,
      seconds: time,
      spread,
      ...toRequest(name, { token: tokens[name], stream }),
    };
    const before = await servers[name].ask('cpu');
    const result = await load.run(job);
    const cpu = ((await servers[name].ask('cpu')) - before) / result.requests;
    return { ...result, rate: result.requests / result.seconds, cpu };
  };
  for (const name of names) await once(name, 2);
  for (let round = 0; round < rounds; round += 1)
    for (const name of round % 2 ? names.toReversed() : names) figures[name].push(await once(name, seconds));
  return figures;
}

const of = (rounds, key) => median(rounds.map((round) => round[key]));

/** This build divided by the other one; empty without `BENCH_AGAINST`. */
function describeAgainst(figures, rateKey) {
  if (!AGAINST) return '';
  const ratio = (key) =>
    median(figures.server.map((round, index) => round[key] / figures.against[index][key])).toFixed(2);
  return `; this build / the build in ${AGAINST}: ${rateKey === 'rate' ? 'throughput' : 'time'} ${ratio(rateKey)}, CPU ${ratio('cpu')}`;
}

const withAgainst = (names) => (AGAINST ? [...names, 'against'] : names);

async function measureFirstContent() {
  await withServers(['--tokens', '40', '--delay', '10'], async (servers, load, tokens) => {
    for (const [width, goal] of [
      [4, 2],
      [64, 5],
    ]) {
      const names = withAgainst(['direct', 'baseline', 'server']);
      const job = { names, kind: 'stream', width, tokens, stream: true, spread: 400 };
      const figures = await measure(servers, load, job);
      const [direct, baseline, server] = names.map((name) => of(figures[name], 'firstP50'));
      const p99 = names.map((name) => of(figures[name], 'firstP99').toFixed(1)).join(' / ');
      say(
        `first content, ${width} at once, p50 ms: direct ${direct.toFixed(2)}, the proxy adds ${(baseline - direct).toFixed(2)}, ` +
          `the server adds ${(server - direct).toFixed(2)} (goal <= ${goal}); p99 ${p99}; ` +
          `CPU ${of(figures.server, 'cpu').toFixed(0)} us a stream, of the proxy ${of(figures.baseline, 'cpu').toFixed(0)}` +
          describeAgainst(figures, 'firstP50'),
      );
    }
  });
}

async function measurePaced() {
  await withServers(['--tokens', '20', '--delay', '5'], async (servers, load, tokens) => {
    const names = withAgainst(['direct', 'baseline', 'server']);
    const figures = await measure(servers, load, { names, kind: 'stream', width: 64, tokens, stream: true });
    const [direct, , server] = names.map((name) => of(figures[name], 'firstP50'));
    say(
      `64 streams of 20 tokens, 5 ms apart: CPU ${of(figures.server, 'cpu').toFixed(0)} us a stream, of the proxy ` +
        `${of(figures.baseline, 'cpu').toFixed(0)}; first content ${(server - direct).toFixed(1)} ms later (p50)` +
        describeAgainst(figures, 'firstP50'),
    );
  });
}

const MANY_STREAMS = 1000;
const MANY_ACCOUNTS = 16;

async function measureMany() {
  await withServers(['--tokens', '100', '--delay', '100'], async (servers, load) => {
    for (const side of withAgainst(['baseline', 'server'])) {
      const tokens = [];
      if (isServer(side))
        for (let index = 0; index < MANY_ACCOUNTS; index += 1)
          tokens.push(await signUp(servers[side], `bench-${index}`));
      const { headers, ...request } = toRequest(side, { token: tokens[0], stream: true });
      const headersOf = tokens.map((token) => ({ Authorization: `Bearer ${token}` }));
      const job = { kind: 'stream', url: servers[side].url, width: MANY_STREAMS, spread: 10_000, ...request };
      const seconds = Number(flags.minutes ?? 2) * 60;
      const before = await servers[side].ask('cpu');
      const result = await load.run({ ...job, headers: isServer(side) ? headersOf : headers, seconds });
      const cpu = ((await servers[side].ask('cpu')) - before) / 1e6 / result.seconds;
      say(
        `${MANY_STREAMS} streams of 10 tokens a second, ${side}: ${result.requests} streams in ${result.seconds.toFixed(0)} s ` +
          `without an error, ${(cpu * 100).toFixed(0)} % of a core, first token p50 ${result.firstP50.toFixed(0)} ms and ` +
          `p99 ${result.firstP99.toFixed(0)} ms, ${((await servers[side].ask('rss')) / 1e6).toFixed(0)} MB`,
      );
    }
  });
}

async function measureThroughput(kind, { width, stream }) {
  const what = stream ? 'streams' : 'whole answers';
  await withServers(['--tokens', '40', '--delay', '0'], async (servers, load, tokens) => {
    const names = withAgainst(['baseline', 'server']);
    const figures = await measure(servers, load, { names, kind, width, tokens, stream });
    const ratio = median(figures.server.map(({ rate }, index) => rate / figures.baseline[index].rate));
    const [baseline, server] = names.map((name) => of(figures[name], 'rate').toFixed(0));
    say(
      `${what}: server ${server}/s, proxy ${baseline}/s, ratio ${ratio.toFixed(2)} (goal >= 0.25); ` +
        `CPU ${of(figures.server, 'cpu').toFixed(0)} us against ${of(figures.baseline, 'cpu').toFixed(0)}` +
        describeAgainst(figures, 'rate'),
    );
  });
}

async function measureMemory() {
  await withServers(['--tokens', '200', '--delay', '20'], async (servers, load, tokens) => {
    const job = {
      kind: 'stream',
      url: servers.server.url,
      width: 64,
      ...toRequest('server', { token: tokens.server, stream: true }),
    };
    for (let minute = 0; minute < Number(flags.minutes ?? 10); minute += 1) {
      const { requests } = await load.run({ ...job, seconds: 55 });
      say(
        `minute ${minute + 1}: ${requests} streams, ${((await servers.server.ask('rss')) / 2 ** 20).toFixed(0)} MB`,
      );
    }
  });
}

say(
  `Node ${process.version}, ${availableParallelism()} cores of ${cpus()[0]?.model.trim()}, ${rounds} rounds of ${seconds} s`,
);
if (wanted.has('first')) await measureFirstContent();
if (wanted.has('whole')) await measureThroughput('ask', { width: 32, stream: false });
if (wanted.has('streams')) await measureThroughput('stream', { width: 64, stream: true });
if (wanted.has('paced')) await measurePaced();
if (wanted.has('many')) await measureMany();
if (wanted.has('memory')) await measureMemory();
