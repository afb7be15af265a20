// Installs public packages of exact versions into temporary folders, and starts their servers on loopback.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const POLL_MS = 100;
const GIVE_UP_MS = 60_000;
/** Keeps the packages for the next run. */
const KEPT = process.env.WITNESS_PACKAGES;
const NPM_FLAGS = ['--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund', '--silent'];

/** Installs the packages without their install scripts and without what is only for other platforms. */
export function install(dependencies, overrides = {}) {
  const manifest = JSON.stringify({ private: true, dependencies, overrides });
  const folder = KEPT
    ? join(KEPT, createHash('sha256').update(manifest).digest('hex').slice(0, 12))
    : mkdtempSync(join(tmpdir(), 'xentree-witness-'));
  if (existsSync(join(folder, 'node_modules'))) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), manifest);
  execFileSync('npm', ['install', ...NPM_FLAGS], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  return folder;
}

export function remove(folder) {
  if (!KEPT) rmSync(folder, { recursive: true, force: true });
}

/** Copies a script of this folder to the packages, so that it can import them. */
export function copyScript(name, folder) {
  copyFileSync(fileURLToPath(new URL(name, import.meta.url)), join(folder, basename(name)));
  return join(folder, basename(name));
}

/** Starts a program and waits until `readyUrl` answers with any status; returns what stops it. */
export async function startProgram(folder, { script, args = [], env = {}, readyUrl }) {
  const log = join(folder, 'log');
  const output = openSync(log, 'w');
  const child = spawn(process.execPath, [script, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, ...env },
    stdio: ['ignore', output, output],
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  for (const began = performance.now(); !(await answers(readyUrl)); await pause(POLL_MS))
    if (child.exitCode !== null || performance.now() - began > GIVE_UP_MS) {
      await stop();
      throw new Error(`${script} did not start: ${readFileSync(log, 'utf8').slice(-1000)}`);
    }
  return stop;
}

async function answers(url) {
  try {
    await (await fetch(url)).text();
    return true;
  } catch {
    return false;
  }
}
