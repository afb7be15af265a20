import { StatisticsCheckRepository } from '@/modules/knowledge/chunks/persistence/statistics-check.repository.js';
import { EmbeddingRepository } from '@/modules/knowledge/embeddings/persistence/embedding.repository.js';
import { waitUntil } from '@test/support/app/server-process.js';
import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import { expectStatus } from '@test/support/http/responses.js';
import { callRag, DOCUMENTS_URL } from '@test/support/knowledge/documents.js';
import { FakeModelServer } from '@test/support/knowledge/fake-model-server.js';
import { givenReadyDocument, waitUntilReady } from '@test/support/knowledge/ready-documents.js';
import {
  givenUserWithId,
  inParallel,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

const MODEL = 'words-1';

jest.setTimeout(90_000);

describe('another title of a document', () => {
  let fake: FakeModelServer;
  let app: TestApp;
  let ada: UserWithId;

  beforeAll(async () => {
    fake = await FakeModelServer.start();
    app = await TestApp.start({ env: { EMBEDDINGS_BASE_URL: fake.url, EMBEDDINGS_MODEL: MODEL } });
  });
  afterAll(async () => {
    await app.stop();
    await fake.stop();
  });
  beforeEach(async () => void (ada = await givenUserWithId(app)));

  const given = (title: string, text: string): Promise<string> =>
    givenReadyDocument(app, ada.accessToken, { title, text });
  const retitle = (id: string, title: string): Promise<TestResponse> =>
    expectStatus(200, callRag(app, ada, `PATCH ${DOCUMENTS_URL}/${id}`, { title }));

  async function found(query: string): Promise<[string, string][]> {
    const { body } = await expectStatus(200, callRag(app, ada, 'POST /api/knowledge/search', { query }));
    return (body.results as Record<string, string>[]).map((hit) => [hit.title ?? '', hit.found_by ?? '']);
  }

  /** Documents of the user whose chunks or vectors are not those of their present title. */
  async function findOutdated(): Promise<object[]> {
    return app.sql(
      `SELECT d.title, c.context, e.context_key, v.outdated FROM knowledge_documents d
       JOIN knowledge_chunks c ON c.document_id = d.id
       LEFT JOIN knowledge_embeddings e ON e.chunk_id = c.id
       LEFT JOIN knowledge_embedded_versions v ON v.version_id = d.ready_version_id
       WHERE d.uploaded_by = $1 AND (c.version_id IS DISTINCT FROM d.ready_version_id OR c.context <> d.title
         OR e.context_key IS DISTINCT FROM md5(d.title)::uuid OR v.outdated IS NOT FALSE)`,
      [ada.id],
    );
  }
  const waitForIndex = (): Promise<void> =>
    waitUntil(async () => (await findOutdated()).length === 0, 30_000);

  it('is found by its words and its meaning, and the one before by neither', async () => {
    const id = await given('physician', 'Opens at nine.');
    await waitForIndex();
    expect(await found('doctor')).toEqual([['physician', 'vector']]);
    await retitle(id, 'automobile');
    expect(await found('automobile')).toEqual([['automobile', expect.stringMatching(/lexical|both/)]]);
    await waitForIndex();
    expect(await found('car')).toEqual([['automobile', 'vector']]);
    expect(await found('doctor')).toEqual([]);
    expect(await found('physician')).toEqual([]);
  });

  it('leaves the vectors of the title before in use until those of the new one are complete', async () => {
    const id = await given('physician', 'Opens at nine.');
    await waitForIndex();
    fake.intercept = (_, { input }) =>
      (input as string[])[0]?.startsWith('automobile') ? { status: 500, body: {} } : undefined;
    await retitle(id, 'automobile');
    expect(await found('doctor')).toEqual([['automobile', 'vector']]);
    expect(await found('car')).toEqual([]);
    fake.intercept = () => undefined;
    await waitForIndex();
    expect(await found('car')).toEqual([['automobile', 'vector']]);
  });

  it('takes the vector of the title before from a passage that has none with the new one', async () => {
    const id = await given('physician', 'Opens at nine.');
    await given('lamp', 'Nothing else.');
    await waitForIndex();
    fake.intercept = (_, { input }) =>
      (input as string[])[0]?.startsWith('void') ? { status: 400, body: {} } : undefined;
    await retitle(id, 'void');
    await waitUntil(async () => (await found('doctor')).length === 0, 30_000);
    fake.intercept = () => undefined;
    expect(await found('void')).toEqual([['void', expect.any(String)]]);
  });

  it('is in all chunks and vectors when it was given while another version became ready', async () => {
    const ids = await inParallel(8, (index) => given(`Plan ${index}`, `First text ${index}.`));
    await inParallel(32, async (index) => {
      const id = ids[index % 8] ?? '';
      if (index < 8)
        await expectStatus(
          200,
          callRag(app, ada, `PUT ${DOCUMENTS_URL}/${id}`, { text: `Other text ${index}.` }),
        );
      else for (let time = 0; time < 3; time += 1) await retitle(id, `Plan ${index} ${time}`);
    });
    for (const id of ids) await waitUntilReady(app, ada.accessToken, id);
    await waitForIndex();
    expect(await app.nest.get(StatisticsCheckRepository, { strict: false }).findDifferences()).toEqual([]);
  });

  it('is not taken for that of vectors that were made of the title before', async () => {
    const id = await given('physician', 'Opens at nine.');
    await waitForIndex();
    const embeddings = app.nest.get(EmbeddingRepository, { strict: false });
    const version = await embeddings.findReadable(id);
    const versionId = version?.id ?? '';
    await app.sql(
      'DELETE FROM knowledge_embeddings WHERE chunk_id IN (SELECT id FROM knowledge_chunks WHERE version_id = $1)',
      [versionId],
    );
    const [chunk] = await embeddings.readTexts(versionId, MODEL, -1, 10);
    expect(chunk).toMatchObject({ text: 'physician\nOpens at nine.' });
    const vector = {
      chunkId: chunk?.id ?? '',
      contextKey: chunk?.contextKey ?? '',
      embedding: new Float32Array(256),
    };
    await app.sql(`UPDATE knowledge_chunks SET context = 'automobile' WHERE version_id = $1`, [versionId]);
    await embeddings.store(MODEL, [vector]);
    expect(await app.sql('SELECT FROM knowledge_embeddings WHERE chunk_id = $1', [vector.chunkId])).toEqual(
      [],
    );
    await app.sql(`UPDATE knowledge_chunks SET context = 'physician' WHERE version_id = $1`, [versionId]);
    await embeddings.store(MODEL, [vector]);
    await app.sql(`UPDATE knowledge_chunks SET context = 'automobile' WHERE version_id = $1`, [versionId]);
    expect(await embeddings.finish(versionId, MODEL)).toBe(true);
    expect(await embeddings.begin(versionId, MODEL)).toBe(true); // the vectors are outdated
    expect(await embeddings.findMissing(MODEL, version?.partitionId ?? '', 100)).toContain(versionId);
  });
});
