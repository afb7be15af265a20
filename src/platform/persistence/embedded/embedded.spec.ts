import { execFileSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import * as fs from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { EmbeddedDatabaseError, type EmbeddedServer, startEmbedded } from './index.js';

const asRoot = process.geteuid?.() === 0 ? it : it.skip;
const writtenRows = [{ answer: 42 }];
let root: string;
let sharedDataDir: string;

beforeAll(() => {
  root = fs.mkdtempSync(join(tmpdir(), 'xentree-embedded-'));
  fs.chmodSync(root, 0o755);
  sharedDataDir = join(root, 'spare');
});

afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function withServer<T>(dataDir: string, work: (server: EmbeddedServer) => Promise<T>): Promise<T> {
  const server = await startEmbedded({ dataDir, log: () => undefined });
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

const write = async ({ url }: EmbeddedServer) => query(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
const read = async ({ url }: EmbeddedServer) => query(url, 'SELECT answer FROM kept');

describe('a data folder', () => {
  it('keeps its data from one start to the next, however deep and oddly named it is', async () => {
    const dataDir = join(root, 'My data – данные', 'ü'.repeat(100), "it's 100 % 'fine'", 'x'.repeat(100));
    const lines: string[] = [];
    const first = await startEmbedded({ dataDir, log: (line) => lines.push(line) });
    await write(first);
    await Promise.all([first.stop(), first.stop()]);
    expect(await withServer(dataDir, read)).toEqual(writtenRows);
    expect(lines.join('\n')).toContain(join(fs.realpathSync(dataDir), 'postgres'));
    expect(lines.join('\n')).not.toContain(decodeURIComponent(new URL(first.url).password));
    expect(fs.statSync(join(dataDir, 'embedded.json')).mode & 0o777).toBe(0o600);
    expect(fs.readdirSync(join(dataDir, 'owners'))).toEqual([]);
  });

  it('holds a UTF-8 database of an ordinary role, on the loopback interface only', async () => {
    const settings = { max_connections: '37', listen_addresses: '*' };
    const options = { dataDir: sharedDataDir, log: () => undefined, durable: false, settings };
    const server = await startEmbedded(options);
    const [row] = await query(
      server.url,
      `SELECT current_setting('max_connections') AS connections, current_setting('fsync') AS fsync,
        current_setting('server_encoding') AS encoding, current_setting('TimeZone') AS zone,
        current_setting('listen_addresses') AS listens, current_setting('is_superuser') AS superuser,
        lower('ÉCOLE') AS lowered, to_tsvector('simple', '“naïve” — 世界，')::text AS words`,
    );
    await server.stop();
    expect(row).toMatchObject({ connections: '37', fsync: 'off', encoding: 'UTF8', zone: 'UTC' });
    expect(row).toMatchObject({ listens: '127.0.0.1', superuser: 'off' });
    expect(row).toMatchObject({ lowered: 'école', words: `'naïve':1 '世界':2` });
  });

  it('asks for the password', async () => {
    await withServer(sharedDataDir, async ({ url }) => {
      const wrong = new URL(url);
      wrong.password = 'wrong';
      await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
      wrong.username = 'postgres';
      await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
    });
  });

  it('is refused to all but one of several who come at once, naming folder and owner', async () => {
    const attempts = Array.from({ length: 4 }, async () =>
      startEmbedded({ dataDir: sharedDataDir, log: () => undefined }),
    );
    const answers = await Promise.allSettled(attempts);
    const winners = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    const losers = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [answer.reason as Error] : [],
    );
    for (const server of winners) await server.stop();
    expect(winners).toHaveLength(1);
    for (const error of losers) {
      expect(error).toBeInstanceOf(EmbeddedDatabaseError);
      expect(error.message).toContain(`${fs.realpathSync(sharedDataDir)} is in use`);
      expect(error.message).toContain(`pid ${process.pid}`);
    }
  });

  it('never begins empty when its cluster or its record is missing', async () => {
    const [cluster, record, aside] = ['postgres', 'embedded.json', 'aside'].map((name) =>
      join(sharedDataDir, name),
    );
    await withServer(sharedDataDir, write);
    for (const [path = '', words] of [
      [cluster, 'is missing'],
      [record, 'contains its password'],
    ]) {
      fs.renameSync(path, aside ?? '');
      await expect(startEmbedded({ dataDir: sharedDataDir, log: () => undefined })).rejects.toThrow(words);
      fs.renameSync(aside ?? '', path);
    }
    expect(await withServer(sharedDataDir, read)).toEqual(writtenRows);
  });

  it('may be moved, and a copy of it lives beside it', async () => {
    const [moved, copied] = [join(root, 'moved'), join(root, 'copied')];
    fs.renameSync(sharedDataDir, moved);
    await withServer(moved, read);
    execFileSync('cp', ['-a', moved, copied]);
    const answers = await withServer(moved, async (server) => [
      await withServer(copied, read),
      await read(server),
    ]);
    expect(answers).toEqual([writtenRows, writtenRows]);
    fs.renameSync(moved, sharedDataDir);
  });

  it('takes another port when another process has bound the chosen one', async () => {
    const busy = createServer().listen(0, '127.0.0.1');
    await once(busy, 'listening');
    const { port } = busy.address() as AddressInfo;
    const net = jest.requireActual<typeof import('node:net')>('node:net');
    const probe = Object.assign(new EventEmitter(), {
      listen: () => setImmediate(() => probe.emit('listening')),
      address: () => ({ port }),
      close: () => setImmediate(() => probe.emit('close')),
    });
    const spy = jest.spyOn(net, 'createServer').mockReturnValueOnce(probe as never);
    expect(await withServer(sharedDataDir, read)).toEqual(writtenRows);
    expect(spy).toHaveBeenCalledTimes(2);
    spy.mockRestore();
    busy.close();
  });

  it('of another version of PostgreSQL is refused', async () => {
    const version = join(sharedDataDir, 'postgres/PG_VERSION');
    fs.writeFileSync(version, '17\n');
    const refused = startEmbedded({ dataDir: sharedDataDir, log: () => undefined });
    await expect(refused).rejects.toThrow('made by PostgreSQL 17, and this is PostgreSQL 18');
    fs.writeFileSync(version, '18\n');
  });

  it('that cannot be one is refused in a sentence', async () => {
    fs.writeFileSync(join(root, 'file'), '');
    for (const name of ['file', Array(10).fill('x'.repeat(100)).join('/')]) {
      const refused = startEmbedded({ dataDir: join(root, name), log: () => undefined });
      await expect(refused).rejects.toThrow(EmbeddedDatabaseError);
    }
  });

  it('can be used again after its server was killed, which is reported', async () => {
    const server = await startEmbedded({ dataDir: sharedDataDir, log: () => undefined });
    const postmaster = fs.readFileSync(join(server.clusterDir, 'postmaster.pid'), 'utf8');
    process.kill(Number.parseInt(postmaster, 10), 'SIGKILL');
    await server.exited;
    await server.stop();
    expect(await withServer(sharedDataDir, read)).toEqual(writtenRows);
  });
});

describe('root', () => {
  asRoot(
    'keeps the data of a closed folder elsewhere, and creates a new cluster when that folder was removed',
    async () => {
      const closed = join(root, 'closed');
      fs.mkdirSync(closed, { mode: 0o700 });
      const places: string[] = [];
      for (const round of ['first', 'second']) {
        const dataDir = join(closed, 'data');
        places.push(
          await withServer(dataDir, async (server) => write(server).then(() => dirname(server.clusterDir))),
        );
        expect(await withServer(dataDir, read)).toEqual(writtenRows);
        if (round === 'first') fs.rmSync(dataDir, { recursive: true });
      }
      for (const place of places) {
        expect(dirname(place)).toBe('/var/lib/xentree-server');
        fs.rmSync(place, { recursive: true });
      }
      expect(new Set(places).size).toBe(2);
    },
  );
});
