import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { SECRET } from '../support/app/test-app.js';
import { cloneDatabase, type TestDatabase } from '../support/database/databases.js';
import { PASSWORD } from '../support/auth/given-users.js';
import { builtMain, eventually, ServerProcess } from '../support/app/server-process.js';
import { MailServer } from '../support/app/smtp-server.js';

const BEGUN =
  "SELECT FROM graphile_worker.jobs WHERE task_identifier = 'mail.send' AND locked_by IS NOT NULL";

describe('a server that dies in the middle of a job', () => {
  let mail: MailServer;
  let database: TestDatabase;

  beforeAll(async () => {
    builtMain();
    mail = await MailServer.start();
    database = await cloneDatabase();
  }, 180_000);
  afterEach(() => ServerProcess.killAll());
  afterAll(async () => {
    await mail.down();
    await database.drop();
  });

  /** A mail server that takes calls and never says a word. */
  async function mute(): Promise<{ hangUp: () => Promise<void> }> {
    await mail.down();
    const sockets = new Set<Socket>();
    const server: Server = createServer((socket) => sockets.add(socket.on('error', () => undefined)));
    server.listen(Number(new URL(mail.url).port), '127.0.0.1');
    await once(server, 'listening');
    const hangUp = async (): Promise<void> => {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((closed) => server.close(closed));
    };
    return { hangUp };
  }

  async function count(query: string): Promise<number> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rowCount } = await client.query(query).finally(() => client.end());
    return rowCount ?? 0;
  }

  it.each(['a successor', 'a process that was there all the time'])(
    'leaves it to %s',
    async (heir) => {
      const env = { DATABASE_URL: database.url, APP_SECRET: SECRET, SMTP_URL: mail.url };
      const { hangUp } = await mute();
      const killed = await ServerProcess.start(env);
      const username = heir.replaceAll(' ', '-').slice(0, 20);
      const email = `${username}@example.com`;
      await killed.post('/api/auth/register', { username, email, password: PASSWORD });
      await eventually(async () => (await count(BEGUN)) === 1, 10_000);
      const beside = heir === 'a successor' ? undefined : await ServerProcess.start(env);
      killed.signal('SIGKILL');
      await killed.exited;
      expect(await count(BEGUN)).toBe(1);
      await hangUp();
      await mail.up();
      const last = beside ?? (await ServerProcess.start(env));
      await mail.mailTo(email, /^Confirm your e-mail address$/);
      await eventually(async () => (await count('SELECT FROM graphile_worker.jobs')) === 0, 10_000);
      expect(mail.mails.filter(({ to }) => to.includes(email))).toHaveLength(1);
      last.signal('SIGTERM');
      expect(await last.exited).toMatchObject({ code: 0 });
    },
    120_000,
  );
});
