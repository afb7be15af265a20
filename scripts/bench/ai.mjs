// What the server adds to a language model, beside the model itself and a proxy that only passes bytes on.
//   npm run bench:ai -- [--rounds 5] [--seconds 4] [--only first,whole,streams,memory]
// One scripted provider, one run, the sides in turn. `memory` streams for --minutes (10) and watches the size.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { openDatabase, sides, start, startLoad } from './servers.mjs';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    minutes: { type: 'string', default: '10' },
    only: { type: 'string', default: 'first,whole,streams' },
  },
});
const rounds = Number(flags.rounds);
const seconds = Number(flags.seconds);
const wanted = new Set(flags.only.split(','));
const password = 'otters juggle nine lanterns';
const say = (text) => process.stdout.write(`${text}\n`);
const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The scripted provider as a program. */
async function startUpstream(...options) {
  const child = fork(at('../../dist/scripts/fake-provider.js'), options, { silent: true });
  child.stdout.setEncoding('utf8');
  const [line] = await once(child.stdout, 'data');
  return { url: line.trim(), stop: () => child.kill() };
}

const model = 'model-a';
const question = { stream: false, model, messages: [{ role: 'user', content: 'Tell me about foxes.' }] };

/** The same question in each side's words. */
function asked(side, { token, stream }) {
  if (side !== 'ours')
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

async function signUp({ url }) {
  const headers = { 'content-type': 'application/json' };
  const person = { username: 'bench', email: 'bench@example.com', password };
  await call(url, '/api/auth/register', { headers, body: JSON.stringify(person) });
  const form = new URLSearchParams({ username: 'bench', password });
  return (await call(url, '/api/auth/token', { body: form })).access_token;
}

/** Servers for one kind of provider: the provider itself, the proxy, and ours. */
async function withServers(options, work) {
  const upstream = await startUpstream(...options);
  const database = await openDatabase();
  const env = {
    OPENAI_COMPATIBLE_BENCH_BASE_URL: upstream.url,
    OPENAI_COMPATIBLE_BENCH_MODELS: model,
    AI_PROVIDER_ORDER: 'bench',
  };
  const { ours } = sides(database.url, '');
  const running = [];
  try {
    const server = await start({ ...ours, env: { ...ours.env, ...env } });
    running.push(server);
    const floor = await start({
      script: at('./baseline-proxy.mjs'),
      env: { PATH: process.env.PATH, PROVIDER_URL: upstream.url },
    });
    running.push(floor);
    const load = startLoad();
    running.push(load);
    const direct = { url: upstream.url.replace(/\/v1$/, ''), ask: async () => 0 };
    await work({ direct, floor, ours: server }, load, await signUp(server));
  } finally {
    await Promise.all(running.map((process) => process.stop()));
    await database.close();
    upstream.stop();
  }
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/** Rounds of one job on each side, in turn; answers the rounds of each. */
async function measure(servers, load, { names, kind, width, token, stream, spread }) {
  const figures = Object.fromEntries(names.map((name) => [name, []]));
  const once = async (name, time) => {
    const job = {
      kind,
      url: servers[name].url,
      width,
      seconds: time,
      spread,
      ...asked(name, { token, stream }),
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

async function firstContent() {
  await withServers(['--tokens', '40', '--delay', '10'], async (servers, load, token) => {
    for (const [width, goal] of [
      [4, 2],
      [64, 5],
    ]) {
      const names = ['direct', 'floor', 'ours'];
      const job = { names, kind: 'stream', width, token, stream: true, spread: 400 };
      const figures = await measure(servers, load, job);
      const [direct, floor, ours] = names.map((name) => of(figures[name], 'firstP50'));
      const p99 = names.map((name) => of(figures[name], 'firstP99').toFixed(1)).join(' / ');
      say(
        `first content, ${width} at once, p50 ms: direct ${direct.toFixed(2)}, proxy adds ${(floor - direct).toFixed(2)}, we add ${(ours - direct).toFixed(2)} (goal <= ${goal}); p99 ${p99}; our CPU ${of(figures.ours, 'cpu').toFixed(0)} us a stream, the proxy's ${of(figures.floor, 'cpu').toFixed(0)}`,
      );
    }
  });
}

async function most(kind, { width, stream }) {
  const what = stream ? 'streams' : 'whole answers';
  await withServers(['--tokens', '40', '--delay', '0'], async (servers, load, token) => {
    const names = ['floor', 'ours'];
    const figures = await measure(servers, load, { names, kind, width, token, stream });
    const ratio = median(figures.ours.map(({ rate }, index) => rate / figures.floor[index].rate));
    const [floor, ours] = names.map((name) => of(figures[name], 'rate').toFixed(0));
    say(
      `${what}: ours ${ours}/s, proxy ${floor}/s, ratio ${ratio.toFixed(2)} (goal >= 0.25); CPU ${of(figures.ours, 'cpu').toFixed(0)} us against ${of(figures.floor, 'cpu').toFixed(0)}`,
    );
  });
}

async function memory() {
  await withServers(['--tokens', '200', '--delay', '20'], async (servers, load, token) => {
    const job = {
      kind: 'stream',
      url: servers.ours.url,
      width: 64,
      ...asked('ours', { token, stream: true }),
    };
    for (let minute = 0; minute < Number(flags.minutes); minute += 1) {
      const { requests } = await load.run({ ...job, seconds: 55 });
      say(
        `minute ${minute + 1}: ${requests} streams, ${((await servers.ours.ask('rss')) / 2 ** 20).toFixed(0)} MB`,
      );
    }
  });
}

say(
  `Node ${process.version}, ${availableParallelism()} cores of ${cpus()[0]?.model.trim()}, ${rounds} rounds of ${seconds} s`,
);
if (wanted.has('first')) await firstContent();
if (wanted.has('whole')) await most('ask', { width: 32, stream: false });
if (wanted.has('streams')) await most('stream', { width: 64, stream: true });
if (wanted.has('memory')) await memory();
