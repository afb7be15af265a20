import { join } from 'node:path';
import { useScriptedWorker } from '@test/support/app/extraction-worker.js';
import { waitUntil } from '@test/support/app/server-process.js';
import { TestApp } from '@test/support/app/test-app.js';
import { PASSWORD } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';
import { callRag, DOCUMENTS_URL, givenDocument } from '@test/support/knowledge/documents.js';
import { givenUserWithId, type UserWithId } from '@test/support/organizations/given-organizations.js';

const SCRIPTED_WORKER = join(__dirname, '../../support/knowledge/scripted-worker.mjs');
const TABLES = [
  'knowledge_documents',
  'knowledge_document_versions',
  'knowledge_document_parts',
  'knowledge_chunks',
  'knowledge_terms',
  'knowledge_partition_statistics',
  'knowledge_partitions',
];

jest.setTimeout(90_000);

describe('the erasure of an account whose documents are ingested', () => {
  let app: TestApp;

  beforeAll(async () => {
    useScriptedWorker(SCRIPTED_WORKER);
    app = await TestApp.start();
  });
  afterAll(async () => {
    useScriptedWorker(undefined);
    await app.stop();
  });

  async function countRows(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const table of TABLES) counts[table] = (await app.sql(`SELECT FROM ${table}`)).length;
    counts.jobs = (await app.sql('SELECT FROM graphile_worker.jobs')).length;
    return counts;
  }
  const isNothing = async (): Promise<boolean> =>
    Object.values(await countRows()).every((count) => count === 0);

  const statusOf = async (user: UserWithId, id: string): Promise<unknown> =>
    (await callRag(app, user, `GET ${DOCUMENTS_URL}/${id}`)).body.status;

  it.each([
    ['waits', ['hang 1', 'fine 2'], 'processing', 0],
    ['is extracted', ['hang 1'], 'processing', 0],
    ['has chunks that searches do not find yet', ['held 300 walnut'], 'processing', 300],
    ['is ready', ['many 300 walnut'], 'ready', 300],
  ])('leaves nothing of a document that %s', async (_, texts, status, chunks) => {
    const ada = await givenUserWithId(app);
    const ids: string[] = [];
    for (const text of texts) ids.push((await givenDocument(app, ada, { text })).id);
    await waitUntil(async () => (await statusOf(ada, ids[0] ?? '')) === status, 30_000);
    await waitUntil(async () => (await countRows()).knowledge_chunks === chunks, 30_000);
    await expectStatus(
      204,
      app.delete('/api/auth/me', { token: ada.accessToken, body: { password: PASSWORD } }),
    );
    await waitUntil(isNothing, 30_000);
    const bob = await givenUserWithId(app);
    const { id } = await givenDocument(app, bob, { text: 'fine 3' });
    await waitUntil(async () => (await statusOf(bob, id)) === 'ready', 30_000);
    await expectStatus(204, callRag(app, bob, `DELETE ${DOCUMENTS_URL}/${id}`));
    await app.sql('DELETE FROM knowledge_partitions WHERE owner_id = $1', [bob.id]);
  });
});
