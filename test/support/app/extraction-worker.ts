import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
const SOURCES = ['src/modules/knowledge', 'scripts/bundle.mjs', 'package-lock.json'];

/** That of the tests, whose processes take all the time of the machine. */
export const WORKER_PRIORITY = 0;

let builtPath = '';
let scriptedPath: string | undefined;

/** Stands in for worker-location.ts: returns the path of the program of the extraction process, packed from the sources. */
export function getWorkerPath(): string {
  if (scriptedPath !== undefined) return scriptedPath;
  if (builtPath === '') builtPath = join(build(), 'extraction-worker.mjs');
  return builtPath;
}

/** Replaces the program by a scripted one; undefined restores it. Processes that run keep theirs. */
export function useScriptedWorker(path: string | undefined): void {
  scriptedPath = path;
}

/** Builds in a temporary folder and renames it, because two spec files can build at the same time. */
function build(): string {
  const builds = join(ROOT, '.cache/extraction-worker');
  const folder = join(builds, fingerprint());
  if (existsSync(folder)) return folder;
  mkdirSync(builds, { recursive: true });
  const temporaryFolder = `${folder}.${process.pid}`;
  const args = [join(ROOT, 'scripts/bundle.mjs'), '--extraction-worker', temporaryFolder];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The extraction process cannot be packed:\n${stderr}`);
  try {
    renameSync(temporaryFolder, folder);
  } catch {
    rmSync(temporaryFolder, { recursive: true }); // another spec file has built it in the meantime
  }
  return folder;
}

function fingerprint(): string {
  const hash = createHash('sha256');
  for (const source of SOURCES) addTo(hash, join(ROOT, source));
  return hash.digest('hex').slice(0, 24);
}

function addTo(hash: ReturnType<typeof createHash>, path: string): void {
  if (statSync(path).isFile()) hash.update(`${path}\0`).update(readFileSync(path));
  else for (const name of readdirSync(path).sort()) addTo(hash, join(path, name));
}
