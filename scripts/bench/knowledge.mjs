// Measures a search in the documents of one of many tenants: over HTTP, and the same statements in process.
//   npm run bench:knowledge -- [--tenants 100] [--chunks 100000] [--times 10] [--queries 400]
// Each query has five words. A second database has `--times` as many documents for each tenant (1: none is made). The two sides
// alternate. BENCH_DATABASE_URL names a PostgreSQL to use instead of the embedded one.
import 'reflect-metadata';
import { Agent, request } from 'node:http';
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { LexicalArm } from '../../dist/src/modules/knowledge/retrieval/lexical-arm.js';
import { KnowledgeSearchService } from '../../dist/src/modules/knowledge/retrieval/knowledge-search.service.js';
import { HitRepository } from '../../dist/src/modules/knowledge/retrieval/persistence/hit.repository.js';
import { LexicalSearchRepository } from '../../dist/src/modules/knowledge/retrieval/persistence/lexical-search.repository.js';
import { randomWord, seedKnowledge } from './knowledge-seed.mjs';
import { ROOT, buildIn, openPostgres, start } from './servers.mjs';

const { values: flags } = parseArgs({
  options: {
    tenants: { type: 'string', default: '100' },
    chunks: { type: 'string', default: '100000' },
    times: { type: 'string', default: '10' },
    queries: { type: 'string', default: '400' },
  },
});
const tenants = Number(flags.tenants);
const queries = Number(flags.queries);

const WORDS = 5;
const LIMIT = 10;
const WARM_QUERIES = 100;
const GOAL_P95_MS = 20;
const password = 'otters juggle nine lanterns';
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const say = (text) => process.stdout.write(`${text}\n`);

/** Returns the JSON body of a response 200 or 201. */
function post(url, path, { headers = {}, body }) {
  return new Promise((fulfil, reject) => {
    const options = {
      method: 'POST',
      agent,
      headers: { 'content-length': Buffer.byteLength(body), ...headers },
    };
    const sent = request(`${url}${path}`, options, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => {
        const text = Buffer.concat(parts).toString();
        if (response.statusCode > 201) reject(new Error(`${path}: ${response.statusCode} ${text}`));
        else fulfil(JSON.parse(text));
      });
    });
    sent.on('error', reject).end(body);
  });
}

async function signUp({ url }) {
  const json = { 'content-type': 'application/json' };
  const person = { username: 'bench', email: 'bench@example.com', password };
  const { id } = await post(url, '/api/auth/register', { headers: json, body: JSON.stringify(person) });
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams({ username: 'bench', password }).toString();
  const { access_token: token } = await post(url, '/api/auth/token', { headers: form, body });
  return { id, token };
}

const overHttp =
  ({ url }, token) =>
  async (query) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const body = JSON.stringify({ query, limit: LIMIT });
    return (await post(url, '/api/knowledge/search', { headers, body })).results.length;
  };

/** The search without the server: its statements on one connection, prepared, and what is computed between them. */
function inProcess(client, userId) {
  const query = async ({ name, text }, values) => (await client.query({ name, text, values })).rows;
  const noVectors = { search: async () => [] };
  const queue = { run: (_, work) => work() };
  const lexical = new LexicalArm(new LexicalSearchRepository({ query }));
  const hits = new HitRepository({ query });
  const search = new KnowledgeSearchService(lexical, noVectors, hits, queue, { isConfigured: false });
  const reader = { userId, organizationId: null, hasSecondFactor: false };
  return async (text) => {
    const options = { query: text, limit: LIMIT, scope: 'all', conversationId: null, filters: {} };
    return (await search.search(reader, options)).hits.length;
  };
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];

/** Returns the times of both sides in milliseconds. Both get the same queries, one after the other. */
async function measure(sides) {
  const times = Object.fromEntries(Object.keys(sides).map((side) => [side, []]));
  for (let index = -WARM_QUERIES; index < queries; index += 1) {
    const query = Array.from({ length: WORDS }, randomWord).join(' ');
    const found = new Set();
    for (const side of index % 2 ? Object.keys(sides) : Object.keys(sides).reverse()) {
      const began = performance.now();
      found.add(await sides[side](query));
      if (index >= 0) times[side].push(performance.now() - began);
    }
    if (found.size > 1) throw new Error(`The sides found ${[...found].join(' and ')} passages for: ${query}`);
  }
  return times;
}

function report(chunks, times) {
  say(`\n${chunks} chunks of ${tenants} tenants, ${queries} queries of ${WORDS} words by one tenant`);
  for (const [side, all] of Object.entries(times)) {
    const sorted = all.toSorted((one, other) => one - other);
    say(`${side.padEnd(12)} p50 ${at(sorted, 0.5).toFixed(2)} ms, p95 ${at(sorted, 0.95).toFixed(2)} ms`);
    if (side !== 'over HTTP') continue;
    const isMet = at(sorted, 0.95) <= GOAL_P95_MS;
    say(`${''.padEnd(12)} goal p95 <= ${GOAL_P95_MS} ms   ${isMet ? 'met' : 'MISSED'}`);
  }
}

async function run(postgres, chunks) {
  const databaseUrl = await postgres.createDatabase();
  const server = await start(buildIn(ROOT, databaseUrl));
  const client = new pg.Client({ connectionString: databaseUrl });
  try {
    const { id, token } = await signUp(server);
    const seeded = await seedKnowledge(databaseUrl, { tenants, chunks });
    await client.connect();
    const times = await measure({
      'over HTTP': overHttp(server, token),
      'in process': inProcess(client, id),
    });
    report(seeded, times);
  } finally {
    await client.end();
    await server.stop();
  }
}

const postgres = await openPostgres();
try {
  say(`Node ${process.version}, ${availableParallelism()} cores of ${cpus()[0]?.model.trim()}`);
  await run(postgres, Number(flags.chunks));
  if (Number(flags.times) > 1) await run(postgres, Number(flags.chunks) * Number(flags.times));
} finally {
  agent.destroy();
  await postgres.close();
}
