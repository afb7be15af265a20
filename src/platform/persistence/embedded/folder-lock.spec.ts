import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from './folder-lock.js';
import { getOwnIdentity, getStartTime } from './processes.js';

let folder: string;
const quiet = () => undefined;

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'xentree-lock-'));
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function plantClaim(claim: object | string): string {
  fs.mkdirSync(join(folder, 'owners'), { recursive: true });
  const path = join(folder, 'owners', 'planted.json');
  fs.writeFileSync(path, typeof claim === 'string' ? claim : JSON.stringify(claim));
  return path;
}

const claimOfOtherContainer = () => ({
  ...getOwnIdentity(),
  space: 'pid:[1]',
  host: 'other-container',
  pid: 1,
  start: '1',
});

describe('the lock of a folder', () => {
  it('is never held by two, and by one after the crowd has gone', async () => {
    for (let round = 0; round < 10; round += 1) {
      const answers = await Promise.allSettled(
        Array.from({ length: 6 }, async () => lockFolder(folder, quiet)),
      );
      const held = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
      expect(held.length).toBeLessThanOrEqual(1);
      for (const lock of held) await lock.release();
      await (await lockFolder(folder, quiet)).release();
    }
  });

  it('names folder and owner to those it refuses', async () => {
    plantClaim(getOwnIdentity());
    const refused = lockFolder(folder, quiet, '/srv/data');
    await expect(refused).rejects.toThrow(
      `The data folder /srv/data is in use by another process (pid ${process.pid})`,
    );
    expect(fs.readdirSync(join(folder, 'owners'))).toEqual(['planted.json']);
  });

  it.each([
    ['a process that has ended', () => ({ ...getOwnIdentity(), pid: 4_194_303 })],
    ['an earlier process with the pid of a living one', () => ({ ...getOwnIdentity(), start: '1' })],
    ['an earlier boot of this machine', () => ({ ...getOwnIdentity(), boot: 'earlier' })],
    ['a power cut', () => ''],
    ['no process', () => 'null'],
  ])('is free after %s', async (_what, claim) => {
    const path = plantClaim(claim());
    const lock = await lockFolder(folder, quiet);
    expect(fs.existsSync(path)).toBe(false);
    await lock.release();
  });

  it('is free when its owner is a zombie', async () => {
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 5'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(() => process.kill(pid, 0)).not.toThrow();
    expect(getStartTime(pid)).toBeUndefined();
    parent.kill();
  });

  it('is left to an owner in another container for as long as it beats', async () => {
    const path = plantClaim(claimOfOtherContainer());
    let beats = 0;
    const beating = setInterval(() => fs.utimesSync(path, (beats += 1), beats), 300);
    const lines: string[] = [];
    const refused = lockFolder(folder, (line) => lines.push(line));
    await expect(refused).rejects.toThrow('pid 1 on other-container');
    clearInterval(beating);
    expect(lines.join()).toContain('another container');
  });

  it('passes to another container when its owner has been silent', async () => {
    const path = plantClaim(claimOfOtherContainer());
    const lock = await lockFolder(folder, quiet);
    expect(fs.existsSync(path)).toBe(false);
    await lock.release();
  });

  it('beats', async () => {
    const lock = await lockFolder(folder, quiet);
    const [file = ''] = fs.readdirSync(join(folder, 'owners'));
    const time = () => fs.statSync(join(folder, 'owners', file)).mtimeMs;
    const before = time();
    await new Promise((resolve) => setTimeout(resolve, 2_300));
    expect(time()).not.toBe(before);
    await lock.release();
  });
});
