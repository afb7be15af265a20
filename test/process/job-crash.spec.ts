import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { buildServer, waitUntil, ServerProcess } from '../support/app/server-process.js';
import { TestSmtpServer } from '../support/app/smtp-server.js';
import { TEST_APP_SECRET } from '../support/app/test-secret.js';
import { PASSWORD } from '../support/auth/given-users.js';
import { cloneDatabase, type TestDatabase } from '../support/database/databases.js';

const LOCKED_MAIL_JOB_SQL =
  "SELECT FROM graphile_worker.jobs WHERE task_identifier = 'mail.send' AND locked_by IS NOT NULL";

describe('a server that dies in the middle of a job', () => {
  let mail: TestSmtpServer;
  let database: TestDatabase;

  beforeAll(async () => {
    buildServer();
    mail = await TestSmtpServer.start();
    database = await cloneDatabase();
  });
  afterEach(() => ServerProcess.killAll());
  afterAll(async () => {
    await mail.stop();
    await database.drop();
  });

  /** A mail server that greets and never says another word: clients wait longest after the greeting. */
  async function greetAndNeverAnswer(): Promise<{ hangUp: () => Promise<void> }> {
    await mail.stop();
    const sockets = new Set<Socket>();
    const server: Server = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      socket.write('220 silent.example.com\r\n');
    });
    server.listen(Number(new URL(mail.url).port), '127.0.0.1');
    await once(server, 'listening');
    const hangUp = async (): Promise<void> => {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((closed) => server.close(closed));
    };
    return { hangUp };
  }

  async function countRows(query: string): Promise<number> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rowCount } = await client.query(query).finally(() => client.end());
    return rowCount ?? 0;
  }

  it.each(['a successor', 'a process that was there all the time'])(
    'leaves it to %s',
    async (successor) => {
      const env = { DATABASE_URL: database.url, APP_SECRET: TEST_APP_SECRET, SMTP_URL: mail.url };
      const { hangUp } = await greetAndNeverAnswer();
      const killed = await ServerProcess.start(env);
      const username = successor.replaceAll(' ', '-').slice(0, 20);
      const email = `${username}@example.com`;
      await killed.post('/api/auth/register', { username, email, password: PASSWORD });
      await waitUntil(async () => (await countRows(LOCKED_MAIL_JOB_SQL)) === 1, 10_000);
      const sibling = successor === 'a successor' ? undefined : await ServerProcess.start(env);
      killed.signal('SIGKILL');
      await killed.exited;
      expect(await countRows(LOCKED_MAIL_JOB_SQL)).toBe(1);
      await hangUp();
      await mail.listen();
      const last = sibling ?? (await ServerProcess.start(env));
      await mail.waitForMail(email, /^Confirm your e-mail address$/);
      await waitUntil(async () => (await countRows('SELECT FROM graphile_worker.jobs')) === 0, 10_000);
      expect(mail.mails.filter(({ to }) => to.includes(email))).toHaveLength(1);
      last.signal('SIGTERM');
      expect(await last.exited).toMatchObject({ code: 0 });
    },
    120_000,
  );
});
