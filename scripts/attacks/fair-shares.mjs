// Measures whether one caller holds up the others: runs six attacks against the built server, one after the other, while
// another account on another address requests its profile.
//   node scripts/attacks/fair-shares.mjs [--seconds 30] [--only lists,forms] [--server FOLDER]
// The database is BENCH_DATABASE_URL, or an embedded PostgreSQL. FOLDER has another build to compare with.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildIn, openPostgres, ROOT, start } from '../bench/servers.mjs';
import { startAttackers } from './attackers.mjs';
import { ATTACKS } from './attacks.mjs';
import { registerAccount, waitUntilQuiet } from './accounts.mjs';
import { measureProfile } from './victim.mjs';

const QUIET_SECONDS = 10;
const MEMORY_INTERVAL_MS = 250;
const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    only: { type: 'string', default: Object.keys(ATTACKS).join() },
    server: { type: 'string', default: ROOT },
  },
});

const postgres = await openPostgres();
const results = {};
try {
  results.quiet = await runAttack(undefined, QUIET_SECONDS);
  for (const name of options.only.split(','))
    results[name] = await runAttack(ATTACKS[name], Number(options.seconds));
  console.table(results);
} finally {
  await postgres.close();
}

/** Starts a server on an empty database, and measures it during the attack. */
async function runAttack(attack, seconds) {
  const server = await start(buildIn(resolve(options.server), await postgres.createDatabase()));
  try {
    const victim = await registerAccount(server.url, 'victim');
    const load = await attack?.prepare(server.url);
    await waitUntilQuiet(server.url);
    await server.ask('watchDelay');
    const memory = watchMemory(server);
    const attackers = load && (await startAttackers(server.url, load));
    const { p50, p99, max, refusals, requests } = await measureProfile(server.url, victim, seconds);
    const answers = await attackers?.stop();
    return {
      'me p50 ms': p50,
      'me p99 ms': p99,
      'me max ms': max,
      requests,
      refusals,
      'event loop p99 ms': Math.round(await server.ask('delayP99')),
      'max RSS MB': memory.stop(),
      'attack responses': JSON.stringify(answers ?? {}).replaceAll('"', ''),
    };
  } finally {
    await server.stop();
  }
}

function watchMemory(server) {
  let max = 0;
  const measure = async () => (max = Math.max(max, await server.ask('rss')));
  const timer = setInterval(() => measure().catch(() => undefined), MEMORY_INTERVAL_MS);
  return { stop: () => (clearInterval(timer), Math.round(max / 1e6)) };
}
