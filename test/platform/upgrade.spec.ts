import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVER_VERSION } from '@/platform/kernel/version.js';
import { migrations } from '@migrations/index.js';
import { waitUntil } from '../support/app/server-process.js';
import { TestApp } from '../support/app/test-app.js';
import { PASSWORD } from '../support/auth/given-users.js';
import { createEmptyDatabase, executeOnServer, type TestDatabase } from '../support/database/databases.js';
import { expectStatus } from '../support/http/responses.js';

/**
 * Creates a database that an earlier build made: two accounts, an organization with both and, from the later build, a
 * conversation, a note and an API key. Everything in it is invented, and sealed with the secret of the tests.
 */
async function givenDatabaseOf(build: string): Promise<TestDatabase> {
  const database = await createEmptyDatabase();
  const file = join(__dirname, `../support/database/upgrades/made-by-${build}.sql`);
  await executeOnServer(database.url, readFileSync(file, 'utf8'));
  return database;
}

async function logIn(app: TestApp, username: string): Promise<string> {
  const form = { username, password: PASSWORD };
  return (await expectStatus(200, app.post('/api/auth/token', undefined, { form }))).body
    .access_token as string;
}

describe.each(['adfb05c', '6519db1'])('a database made by build %s', (build) => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start({ database: await givenDatabaseOf(build) });
  });
  afterAll(() => app.stop());

  it('is ready, and its accounts log in on both APIs', async () => {
    await expectStatus(200, app.get('/health/ready'));
    for (const username of ['grace', 'ada@example.com']) {
      const token = await logIn(app, username);
      const { body } = await expectStatus(200, app.get('/api/auth/me', { token }));
      expect([body.username, body.email]).toContain(username);
    }
    await expectStatus(200, app.post('/api/v1/auth/login', { email: 'ada@example.com', password: PASSWORD }));
  });

  it('has its organization, to which members can be added', async () => {
    const token = await logIn(app, 'ada@example.com');
    const { body: organizations } = await expectStatus(200, app.get('/api/organizations', { token }));
    expect(organizations).toMatchObject([{ name: 'Analytical Engines', role: 'owner' }]);
    const url = `/api/organizations/${organizations[0].id}/members`;
    const { body: members } = await expectStatus(200, app.get(url, { token }));
    expect(members).toHaveLength(build === 'adfb05c' ? 1 : 2);
    const account = { username: `late-${build}`, email: 'late@example.com', password: PASSWORD };
    const { body: late } = await expectStatus(201, app.post('/api/auth/register', account));
    expect(late.is_super_admin).toBe(false); // only the first account is an operator
    await expectStatus(201, app.post(url, { username: account.username, role: 'member' }, { token }));
  });

  it('has its conversations, and continues them', async () => {
    const token = await logIn(app, 'ada@example.com');
    if (build === 'adfb05c')
      await expectStatus(201, app.post('/api/core/conversations', { title: 'Bernoulli numbers' }, { token }));
    const { body: conversations } = await expectStatus(200, app.get('/api/core/conversations', { token }));
    expect(conversations).toMatchObject([{ title: 'Bernoulli numbers' }]);
    const url = `/api/core/conversations/${conversations[0].id}/messages`;
    const { body: before } = await expectStatus(200, app.get(url, { token }));
    expect(before).toHaveLength(build === 'adfb05c' ? 0 : 2);
    const question = { message: 'And what else?', conversation_id: conversations[0].id };
    await expectStatus(200, app.post('/api/ai/generate', question, { token }));
    expect((await expectStatus(200, app.get(url, { token }))).body).toHaveLength(before.length + 2);
  });

  it('has an index that this version of PostgreSQL has written', async () => {
    const token = await logIn(app, 'ada@example.com');
    const status = async (): Promise<object> =>
      (await expectStatus(200, app.get('/api/core/search/status', { token }))).body as object;
    await waitUntil(async () => ((await status()) as { status: string }).status === 'ok', 20_000);
    expect(await status()).toMatchObject({ reindex_in_progress: false });
    if (build === 'adfb05c') return;
    const { body } = await expectStatus(200, app.get('/api/core/search?q=analytical&type=note', { token }));
    expect(body.results).toMatchObject([{ title: 'Engine' }]);
  });
});

describe('a database of a newer version', () => {
  it('is refused, with both versions', async () => {
    const node = await TestApp.start();
    await node.sql(`UPDATE schema_version SET server_version = '9.8.7'`);
    await node.sql(
      `INSERT INTO schema_migrations (timestamp, name) VALUES (1999000000000, 'Later1999000000000')`,
    );
    const schema = migrations.at(-1)?.name.slice(-13);
    await expect(TestApp.start({ siblingOf: node })).rejects.toThrow(
      `This is Xentree Server ${SERVER_VERSION} (schema ${schema}), and the database was migrated by the newer ` +
        'Xentree Server 9.8.7 (schema 1999000000000).',
    );
    await waitUntil(async () => (await node.get('/health/ready')).status === 200, 30_000); // a running process goes on
    await node.stop();
  });

  it('has the version of package.json', () => {
    const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as {
      version: string;
    };
    expect(SERVER_VERSION).toBe(version);
  });
});
