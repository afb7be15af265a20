import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statfsSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildServer, ServerProcess, waitUntil } from '../support/app/server-process.js';
import { PASSWORD } from '../support/auth/given-users.js';

const DISK_BYTES = 160 * 2 ** 20;
const LEFT_BYTES = 256 * 2 ** 10;

/** Mounting a file system needs root. */
function mountSmallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'xentree-disk-'));
  chmodSync(folder, 0o755);
  const options = ['-t', 'tmpfs', '-o', `size=${DISK_BYTES},mode=0755`, 'tmpfs', folder];
  if (spawnSync('mount', options).status === 0) return folder;
  rmSync(folder, { recursive: true });
  return undefined;
}

const disk = mountSmallDisk();
if (!disk) process.stdout.write('Skipped, because a small disk can be mounted only by root: a full disk.\n');

describe(disk ? 'a disk that is full' : 'a disk that cannot be mounted', () => {
  const itWithDisk = disk ? it : it.skip;
  const folder = disk ?? '';
  const ballast = join(folder, 'ballast');
  let walFolder: string;

  beforeAll(() => {
    buildServer();
    walFolder = mkdtempSync(join(tmpdir(), 'xentree-wal-'));
    chmodSync(walFolder, 0o755);
  });
  afterAll(() => {
    ServerProcess.killAll();
    if (disk) spawnSync('umount', ['-l', disk]);
    rmSync(walFolder, { recursive: true, force: true });
  });

  /**
   * Moves the write-ahead log to another disk, so that the data files are what cannot grow: PostgreSQL ends when it cannot begin
   * the next segment of its log.
   */
  function moveLog(): void {
    const log = join(folder, 'data/postgres/pg_wal');
    execFileSync('cp', ['-a', log, walFolder]);
    rmSync(log, { recursive: true });
    symlinkSync(join(walFolder, 'pg_wal'), log);
  }

  function fillDisk(): void {
    const { bavail, bsize } = statfsSync(folder);
    writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - LEFT_BYTES)));
  }

  itWithDisk(
    'is answered with 503 until there is space, and loses nothing that was acknowledged',
    async () => {
      const env = { DATA_DIR: join(folder, 'data') };
      const first = await ServerProcess.start(env);
      first.signal('SIGTERM');
      await first.exited;
      moveLog();
      const server = await ServerProcess.start(env);
      const account = { username: 'writer', email: 'writer@example.com', password: PASSWORD };
      expect((await server.post('/api/auth/register', account)).status).toBe(201);
      const token = await logIn(server);
      const acknowledged: string[] = [];
      const write = async (): Promise<number> => {
        const response = await server.post('/api/core/notes', { content: randomText(90_000) }, token);
        const body = (await response.json()) as { id: string; code?: string };
        if (response.status === 201) acknowledged.push(body.id);
        else
          expect([response.status, body.code, response.headers.get('retry-after')]).toEqual([
            503,
            'overloaded',
            '5',
          ]);
        return response.status;
      };
      expect(await write()).toBe(201);
      fillDisk();
      await waitUntil(async () => (await write()) === 503, 60_000);
      for (let times = 0; times < 10; times += 1) await write();
      expect((await server.get('/api/auth/me', token)).status).toBe(200); // reading goes on
      rmSync(ballast);
      await waitUntil(async () => (await write()) === 201, 10_000);
      await expectStored(server, token, acknowledged);

      server.signal('SIGKILL');
      await server.exited;
      const successor = await ServerProcess.start(env);
      await expectStored(successor, await logIn(successor), acknowledged);
      successor.signal('SIGTERM');
      expect(await successor.exited).toMatchObject({ code: 0 });
    },
    180_000,
  );

  async function logIn(server: ServerProcess): Promise<string> {
    const response = await server.login('writer', PASSWORD);
    return ((await response.json()) as { access_token: string }).access_token;
  }

  async function expectStored(server: ServerProcess, token: string, ids: string[]): Promise<void> {
    for (const id of ids) expect((await server.get(`/api/core/notes/${id}`, token)).status).toBe(200);
  }
});

/** Text that PostgreSQL cannot compress. */
function randomText(length: number): string {
  return Array.from({ length }, () => String.fromCharCode(33 + Math.floor(90 * random()))).join('');
}

let seed = 1;
function random(): number {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed / 2_147_483_647;
}
