import { PgvectorRepository } from '@/modules/knowledge/retrieval/vector/persistence/pgvector.repository.js';
import { VectorCache } from '@/modules/knowledge/retrieval/vector/vector-cache.js';
import { MemoryLog } from '@test/support/app/memory-log.js';
import { waitUntil } from '@test/support/app/server-process.js';
import { TestApp, type TestAppOptions } from '@test/support/app/test-app.js';
import { startPgvectorDatabase } from '@test/support/database/pgvector-database.js';
import { FakeModelServer } from '@test/support/knowledge/fake-model-server.js';
import { type Hit, SEARCH_URL, SearchFixture } from '@test/support/knowledge/search-fixture.js';
import { givenOrganization } from '@test/support/organizations/given-organizations.js';

/** Its database is not a clone of the template, whose server need not have pgvector. */
const withPgvector = async (): Promise<TestAppOptions> => ({ database: await startPgvectorDatabase() });
const withoutPgvector = (): Promise<TestAppOptions> => {
  jest.spyOn(PgvectorRepository.prototype, 'isAvailable').mockResolvedValue(false);
  return Promise.resolve({});
};

/** The vectors of the fake model count words: they are no evidence of the quality of a real model. */
describe.each([
  ['in memory', 'memory', withoutPgvector],
  ['by pgvector', 'pgvector', withPgvector],
])('the search by meaning %s', (_, adapter, prepare) => {
  let fake: FakeModelServer;
  let fixture: SearchFixture;
  const log = new MemoryLog();

  beforeAll(async () => {
    fake = await FakeModelServer.start();
    const env = { EMBEDDINGS_BASE_URL: fake.url, EMBEDDINGS_MODEL: 'words-1' };
    fixture = await SearchFixture.start(env, { ...(await prepare()), log });
  }, 180_000);
  beforeEach(async () => {
    fake.intercept = () => undefined;
    fixture.app.clock.advance(60);
    await fixture.reset();
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await fixture.app.stop();
    await fake.stop();
  });

  const countVectors = async (documentId: string): Promise<number> => {
    const text = `SELECT (SELECT count(*) FROM knowledge_chunks c JOIN knowledge_embeddings e ON e.chunk_id = c.id
      WHERE c.version_id = v.version_id)::integer AS count FROM knowledge_embedded_versions v WHERE document_id = $1`;
    return (await fixture.app.sql<{ count: number }>(text, [documentId]))[0]?.count ?? 0;
  };
  const waitForVectors = (documentId: string): Promise<void> =>
    waitUntil(async () => (await countVectors(documentId)) > 0, 15_000);
  const add = async (given: Parameters<SearchFixture['add']>[0]): Promise<string> => {
    const id = await fixture.add(given);
    await waitForVectors(id);
    return id;
  };
  const found = async (query: string, more: object = {}, user = fixture.ada): Promise<[string, string][]> =>
    (await fixture.find(query, more, user)).map((hit) => [hit.content, (hit as FoundHit).found_by]);

  it('says at the start where vectors are compared', () => {
    const lines = log.lines.filter((line) => line.includes('"knowledge.vector_search"'));
    expect(lines.map((line) => (JSON.parse(line) as { adapter: string }).adapter)).toEqual([adapter]);
  });

  it('finds a passage with other words of the same meaning', async () => {
    await add({ title: 'Costs', chunks: ['the automobile is red', 'the lamp is green'] });
    await add({ title: 'Health', chunks: ['a physician'] });
    expect(await found('car')).toEqual([['the automobile is red', 'vector']]);
    expect((await found('automobile'))[0]).toEqual(['the automobile is red', 'both']);
    const { body } = await fixture.search({ query: 'car' });
    expect(body).toMatchObject({ total: 1, results: [{ snippet: 'the automobile is red' }] });
  });

  it('finds a quoted phrase only where it occurs', async () => {
    await add({ title: 'Costs', chunks: ['the automobile is red', 'the red car'] });
    expect(await found('"red car"')).toEqual([['the red car', 'lexical']]);
    expect(await found('red car')).toHaveLength(2);
  });

  it('finds as many passages as were asked for, whatever the filters exclude', async () => {
    const collectionId = await fixture.documents.collection(fixture.partitionId);
    for (let index = 0; index < 4; index += 1)
      await add({ title: 'Near', chunks: Array.from({ length: 12 }, () => 'automobile') });
    const far = ['automobile lamp', 'automobile lamp oak', 'automobile lamp oak pine'];
    const id = await add({ title: 'Far', chunks: far, metadata: { kind: 'far' }, collectionId });
    for (const filters of [
      { document_ids: [id] },
      { collection_ids: [collectionId] },
      { metadata: { kind: 'far' } },
    ])
      expect(await found('car', { filters, limit: 3 })).toEqual(far.map((content) => [content, 'vector']));
    expect(await found('car', { filters: { visibility: ['team'] } })).toEqual([]);
    expect(await found('car', { scope: 'shared' })).toEqual([]);
    expect(await found('car', { limit: 50 })).toHaveLength(50);
  });

  it('finds nothing of other readers, and what is shared with its reader', async () => {
    const { app, documents } = fixture;
    const organization = await givenOrganization(app);
    const { organizationId, member, outsider } = organization;
    const shared = await documents.partition({ visibility: 'organization', organizationId });
    await add({ title: 'Private', chunks: ['automobile of Ada'] });
    const moved = await add({ title: 'Shared', partitionId: shared, chunks: ['automobile of all'] });
    expect(await found('car', {}, member)).toEqual([['automobile of all', 'vector']]);
    expect(await found('car', {}, outsider)).toEqual([]);
    const requests = fake.requests.length;
    expect(await found('car', { scope: 'private' }, member)).toEqual([]);
    expect(fake.requests).toHaveLength(requests); // the model never sees a query that it cannot answer
    await documents.move(moved, fixture.partitionId);
    expect(await found('car', {}, member)).toEqual([]);
    expect((await found('car')).map(([content]) => content).sort()).toEqual([
      'automobile of Ada',
      'automobile of all',
    ]);
  });

  it('finds the present version only, and nothing that was deleted', async () => {
    const id = await add({ title: 'Plan', chunks: ['automobile'] });
    expect(await found('car')).toHaveLength(1);
    await fixture.documents.replace(id, 2, {
      partitionId: fixture.partitionId,
      title: 'Plan',
      chunks: ['physician', 'physician lamp'],
    });
    expect(await found('car')).toEqual([]);
    await waitForVectors(id);
    expect(await found('car')).toEqual([]);
    expect(await found('doctor')).toHaveLength(2);
    await fixture.documents.delete(id);
    expect(await found('doctor')).toEqual([]);
  });

  it('finds the same when the vectors do not fit into the memory', async () => {
    const chunks = Array.from({ length: 300 }, (_, index) => `automobile ${'lamp '.repeat(index)}`);
    await add({ title: 'Long', chunks });
    await add({ title: 'Short', chunks: ['automobile'] });
    const inMemory = await found('car', { limit: 20 });
    expect(inMemory).toHaveLength(20);
    const cache = fixture.app.nest.get(VectorCache, { strict: false });
    const { maxBytes } = cache;
    cache.maxBytes = 1;
    await fixture.reset();
    const id = await add({ title: 'Long', chunks });
    await add({ title: 'Short', chunks: ['automobile'] });
    expect(await countVectors(id)).toBe(300);
    expect(await found('car', { limit: 20 })).toEqual(inMemory);
    cache.maxBytes = maxBytes;
  });

  it('has no vector for passages that the model gives none, and finds the others', async () => {
    const zeros = (count: number) => Array.from({ length: count }, () => 0);
    fake.intercept = (_, { input }) => ({
      body: {
        data: (input as string[]).map((text, index) => ({
          index,
          embedding: text.includes('void') ? zeros(256) : text.includes('null') ? [null] : fake.embed(text),
        })),
      },
    });
    const id = await add({ title: 'Odd', chunks: ['void automobile', 'null automobile', 'automobile'] });
    expect(await countVectors(id)).toBe(1);
    expect(await found('car')).toEqual([['automobile', 'vector']]);
    expect(await found('void')).toEqual([['void automobile', 'lexical']]);
  });

  it('goes on by words while the model fails, and asks it again later', async () => {
    await add({ title: 'Plan', chunks: ['automobile'] });
    fake.intercept = () => ({ status: 500, body: 'out of memory' });
    for (let search = 0; search < 5; search += 1)
      expect(await found('automobile')).toEqual([['automobile', 'lexical']]);
    expect(await found('car')).toEqual([]);
    fake.intercept = () => undefined;
    expect(await found('car')).toEqual([]); // it is not asked for a while
    fixture.app.clock.advance(20);
    expect(await found('car')).toHaveLength(1);
    const { text } = await fixture.app.get('/metrics');
    expect(text).toContain('xentree_vector_searches_total{outcome="failed"} 3');
    expect(text).toContain('xentree_vector_searches_total{outcome="skipped"} 4');
  });

  it('embeds a document later when the model has failed', async () => {
    let failures = 0;
    fake.intercept = () => ((failures += 1) <= 1 ? { status: 400, body: {} } : undefined);
    const id = await fixture.add({ title: 'Plan', chunks: ['automobile'] });
    expect(await found('automobile')).toEqual([['automobile', 'lexical']]);
    await waitForVectors(id);
    expect(await found('car')).toHaveLength(1);
  });

  it('embeds all documents again with another model, and uses each vector with its own model', async () => {
    const id = await add({ title: 'Plan', chunks: ['automobile'] });
    const other = await TestApp.start({
      siblingOf: fixture.app,
      env: { EMBEDDINGS_BASE_URL: fake.url, EMBEDDINGS_MODEL: 'words-2' },
    });
    const isEmbeddedBy = async (model: string): Promise<boolean> =>
      (
        await other.sql('SELECT FROM knowledge_embedded_versions WHERE document_id = $1 AND model = $2', [
          id,
          model,
        ])
      ).length === 1;
    await waitUntil(() => isEmbeddedBy('words-2'), 30_000);
    const { body } = await other.post(SEARCH_URL, { query: 'car' }, { token: fixture.ada.accessToken });
    expect((body.results as Hit[]).map(({ content }) => content)).toEqual(['automobile']);
    expect(await found('car')).toEqual([]);
    await other.stop();
  });
});

type FoundHit = Hit & { found_by: string };
