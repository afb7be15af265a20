import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { ROOT } from './page.js';

export interface ShellResult {
  status: number;
  out: string;
  err: string;
}

/** Whether the `curl` of this machine has `--json`, which the guides use (7.82 and newer). */
export function hasModernCurl(): boolean {
  const { stdout, status } = spawnSync('curl', ['--version'], { encoding: 'utf8' });
  const [, major = 0, minor = 0] = /^curl (\d+)\.(\d+)/.exec(stdout ?? '') ?? [];
  return status === 0 && (Number(major) > 7 || (Number(major) === 7 && Number(minor) >= 82));
}

/** One POSIX shell that runs the blocks of a page one after the other, so variables and functions are kept. */
export class GuideShell {
  private readonly folder = mkdtempSync(join(tmpdir(), 'guide-'));
  private readonly child: ChildProcess;
  private readonly closed: Promise<void>;
  private pending = '';
  private blocks = 0;
  private arrived: () => void = () => undefined;

  constructor({ substituteCurl }: { substituteCurl: boolean }) {
    symlinkSync(join(ROOT, 'scripts'), join(this.folder, 'scripts'));
    const folders = [dirname(process.execPath), process.env.PATH ?? ''];
    if (substituteCurl) folders.unshift(this.curlFolder());
    this.child = spawn('/bin/sh', ['-u'], {
      cwd: this.folder,
      env: this.environment(folders),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child.stdin?.on('error', () => undefined);
    this.child.stdout?.on('data', (chunk) => {
      this.pending += String(chunk);
      this.arrived();
    });
    this.closed = new Promise((resolve) => this.child.on('close', () => resolve()));
  }

  /** Runs one block; a shell that ended, for instance over an unset variable, reports status -1. */
  async run(script: string): Promise<ShellResult> {
    const name = join(this.folder, `.block-${(this.blocks += 1)}`);
    writeFileSync(name, `${script}\n`);
    this.pending = '';
    const command = `{ . '${name}'; } </dev/null >'${name}.out' 2>'${name}.err'; echo "done $?"\n`;
    const finished = new Promise<void>((resolve) => {
      this.arrived = () => {
        if (/^done \d+$/m.test(this.pending)) resolve();
      };
    });
    this.child.stdin?.write(command);
    await Promise.race([finished, this.closed]);
    const [, status = '-1'] = /^done (\d+)$/m.exec(this.pending) ?? [];
    const [out, err] = [readFileSync(`${name}.out`, 'utf8'), readFileSync(`${name}.err`, 'utf8')];
    return { status: Number(status), out, err };
  }

  async close(): Promise<void> {
    this.child.stdin?.end();
    await this.closed;
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The environment of the test without the user's settings for curl and Node.js, and with the packages of the server. */
  private environment(folders: string[]): NodeJS.ProcessEnv {
    const settings = { NO_PROXY: '*', no_proxy: '*', NODE_OPTIONS: '', LC_ALL: 'C.UTF-8' };
    const NODE_PATH = join(ROOT, 'node_modules');
    return { ...process.env, ...settings, NODE_PATH, HOME: this.folder, PATH: folders.join(delimiter) };
  }

  private curlFolder(): string {
    const folder = join(this.folder, '.bin');
    mkdirSync(folder);
    const script = join(ROOT, 'test/support/guides/curl.mjs');
    writeFileSync(join(folder, 'curl'), `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`);
    chmodSync(join(folder, 'curl'), 0o755);
    return folder;
  }
}
