// Runs Google's own calendar client against the loopback server with which the tests replace Google: a witness that the server
// speaks as the client expects. Installs public packages, so it needs the network; CI does not run it.
//   node scripts/witnesses/google-calendar.mjs
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { copyScript, install, remove } from './packages.mjs';

const PACKAGES = { '@googleapis/calendar': '20.0.1', 'google-auth-library': '11.3.4' };
const fake = fileURLToPath(new URL('../../test/support/google/fake-google.ts', import.meta.url));

const folder = install(PACKAGES);
try {
  const outfile = join(folder, 'fake-google.mjs');
  await build({ entryPoints: [fake], outfile, bundle: true, platform: 'node', format: 'esm' });
  const script = copyScript('google-client.mjs', folder);
  process.exitCode = spawnSync(process.execPath, [script], { cwd: folder, stdio: 'inherit' }).status ?? 1;
} finally {
  remove(folder);
}
