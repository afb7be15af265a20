import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { listProcesses } from '@/platform/persistence/embedded/processes.js';
import { buildServer, ServerProcess, waitUntil } from '../support/app/server-process.js';
import { TEST_APP_SECRET } from '../support/app/test-secret.js';
import { PASSWORD } from '../support/auth/given-users.js';
import { cloneDatabase, type TestDatabase } from '../support/database/databases.js';

const DOCUMENTS = 12;
const SENTENCE = 'The shop takes goods back within thirty days and pays the price back within a week. ';

/** Chunks of versions that readers do not find yet. */
const COUNT_STAGED = `SELECT count(*)::int AS count FROM knowledge_chunks c
  JOIN knowledge_documents d ON d.id = c.document_id WHERE d.ready_version_id IS DISTINCT FROM c.version_id`;
const COUNT_CHUNKS = `SELECT count(*)::int AS count FROM knowledge_chunks`;
const SUM_STATISTICS = `SELECT sum(chunks)::int AS count FROM knowledge_partition_statistics`;

interface DocumentBody {
  id: string;
  status: string;
  version: number;
  ready_version: number | null;
  chunk_count: number;
  error: { code: string } | null;
}

describe('a server that is killed while it ingests documents', () => {
  let database: TestDatabase;
  let client: Client;

  beforeAll(async () => {
    buildServer();
    database = await cloneDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
  });
  afterEach(() => ServerProcess.killAll());
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const count = async (statement: string): Promise<number> =>
    (await client.query<{ count: number }>(statement)).rows[0]?.count ?? 0;

  const start = (): Promise<ServerProcess> =>
    ServerProcess.start({ DATABASE_URL: database.url, APP_SECRET: TEST_APP_SECRET });

  async function login(server: ServerProcess): Promise<string> {
    const response = await server.login('uploader', PASSWORD);
    return ((await response.json()) as { access_token: string }).access_token;
  }

  async function list(server: ServerProcess, token: string): Promise<DocumentBody[]> {
    const response = await server.get('/api/rag/documents?limit=100', token);
    return (await response.json()) as DocumentBody[];
  }

  it('leaves no document stuck, none half visible, and no extraction process', async () => {
    let server = await start();
    await server.post('/api/auth/register', {
      username: 'uploader',
      email: 'uploader@example.com',
      password: PASSWORD,
    });
    let token = await login(server);
    for (let number = 1; number <= DOCUMENTS; number += 1) {
      const text = `Document ${number}. ${SENTENCE.repeat(number % 3 === 0 ? 8_000 : 40)}`;
      const response = await server.post('/api/rag/documents', { title: `Document ${number}`, text }, token);
      expect(response.status).toBe(201);
    }
    const isStaging = async (): Promise<boolean> => (await count(COUNT_STAGED)) > 64;
    const isFirstReady = async (): Promise<boolean> =>
      (await list(server, token)).some(({ status }) => status === 'ready');
    for (const isDue of [isFirstReady, isStaging, isStaging]) {
      await waitUntil(isDue, 60_000);
      await pause(Math.random() * 400);
      const tree = server.processTree();
      server.signal('SIGKILL');
      await server.exited;
      await tree.waitForExit(5_000);
      server = await start();
      token = await login(server);
    }
    await waitUntil(async () => (await list(server, token)).every(isOver), 120_000);
    const documents = await list(server, token);
    expect(documents).toHaveLength(DOCUMENTS);
    for (const document of documents) {
      expect(document).toMatchObject({ status: 'ready', version: 1, ready_version: 1, error: null });
      expect(document.chunk_count).toBeGreaterThan(0);
    }
    const chunks = documents.reduce((sum, { chunk_count: own }) => sum + own, 0);
    expect([await count(COUNT_STAGED), await count(COUNT_CHUNKS)]).toEqual([0, chunks]);
    expect(await count(SUM_STATISTICS)).toBe(chunks);
    expect(listProcesses().filter(({ parent }) => parent === server.pid).length).toBeLessThanOrEqual(1);
    server.signal('SIGTERM');
    expect(await server.exited).toMatchObject({ code: 0 });
  }, 300_000);
});

function isOver({ status }: DocumentBody): boolean {
  return status === 'ready' || status === 'failed';
}
