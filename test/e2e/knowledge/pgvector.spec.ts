import { EmbeddingRepository } from '@/modules/knowledge/embeddings/persistence/embedding.repository.js';
import type { RankedChunk } from '@/modules/knowledge/retrieval/retrieval-arm.js';
import type { KnowledgeQuery } from '@/modules/knowledge/retrieval/retrieval.js';
import { MemoryScanner } from '@/modules/knowledge/retrieval/vector/memory-scanner.js';
import { PgvectorRepository } from '@/modules/knowledge/retrieval/vector/persistence/pgvector.repository.js';
import { PgvectorScanner } from '@/modules/knowledge/retrieval/vector/pgvector-scanner.js';
import type { VectorScanner } from '@/modules/knowledge/retrieval/vector/vector-scanner.js';
import { MemoryLog } from '@test/support/app/memory-log.js';
import { waitUntil } from '@test/support/app/server-process.js';
import { TestApp } from '@test/support/app/test-app.js';
import { startPgvectorDatabase } from '@test/support/database/pgvector-database.js';
import { FakeModelServer } from '@test/support/knowledge/fake-model-server.js';
import { SearchFixture } from '@test/support/knowledge/search-fixture.js';

const MODEL = 'random-1';
const DIMENSIONS = 40;
const NO_LIMITS: Omit<KnowledgeQuery, 'limit'> = {
  query: 'a query',
  scope: 'all',
  conversationId: null,
  filters: {},
};

/** Returns numbers between -1 and 1, the same ones for each seed. */
function randomVector(seed: number, length = DIMENSIONS): number[] {
  let state = seed + 1;
  return Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state / 2_147_483_647) * 2 - 1;
  });
}

const toUnit = (values: number[]): Float32Array => {
  const norm = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / norm);
};

describe('pgvector', () => {
  let fake: FakeModelServer;
  let fixture: SearchFixture;
  let documentIds: string[];
  const log = new MemoryLog();

  beforeAll(async () => {
    fake = await FakeModelServer.start();
    fake.intercept = (_, { input }) => ({
      body: {
        data: (input as string[]).map((text, index) => ({
          index,
          embedding: randomVector(Number(/\d+$/.exec(text)?.[0] ?? 0)),
        })),
      },
    });
    const env = { EMBEDDINGS_BASE_URL: fake.url, EMBEDDINGS_MODEL: MODEL };
    fixture = await SearchFixture.start(env, { database: await startPgvectorDatabase(), log });
    await fixture.reset();
    // Each vector occurs in two documents. One document has more chunks than a search returns.
    const sizes = [150, 1, 40, 9];
    documentIds = await Promise.all(
      sizes.map((size) =>
        fixture.add({ title: 'Plan', chunks: Array.from({ length: size }, (_, index) => `text ${index}`) }),
      ),
    );
    await waitUntil(
      async () => (await fixture.app.sql('SELECT FROM knowledge_embedded_versions')).length === sizes.length,
      60_000,
    );
  }, 180_000);
  afterAll(async () => {
    await fixture.app.stop();
    await fake.stop();
  });

  const get = <Type>(type: new (...args: never[]) => Type): Type =>
    fixture.app.nest.get(type as never, { strict: false });
  const reader = () => ({ userId: fixture.ada.id, organizationId: null, hasSecondFactor: false }) as never;
  const scan = async (
    scanner: VectorScanner,
    seed: number,
    { limit = 10, pool = 50, filters = {} } = {},
  ): Promise<RankedChunk[]> => {
    const query = { ...NO_LIMITS, filters, limit };
    const vectors = await scanner.find(reader(), query, MODEL);
    const vector = toUnit(randomVector(seed));
    return (await vectors?.scan({ vector, limit: pool, perDocument: limit })) ?? [];
  };

  it('finds the same chunks as the scan in memory, with the same scores and in the same order', async () => {
    for (let seed = 0; seed < 60; seed += 1) {
      const size = { limit: 1 + (seed % 12), pool: seed % 3 ? 50 : 4 };
      const expected = await scan(get(MemoryScanner), seed, size);
      expect(await scan(get(PgvectorScanner), seed, size)).toEqual(expected);
      expect(expected.length).toBeGreaterThan(3);
    }
    const filters = { documentIds: documentIds.slice(1) };
    const expected = await scan(get(MemoryScanner), 7, { filters });
    expect(await scan(get(PgvectorScanner), 7, { filters })).toEqual(expected);
    expect(new Set(expected.map(({ documentId }) => documentId)).size).toBe(3);
  });

  it('is not asked with a generic plan, which takes seconds with many documents', async () => {
    for (let seed = 0; seed < 8; seed += 1) await scan(get(PgvectorScanner), seed);
    const [plans] = await fixture.app.sql(
      `SELECT sum(generic_plans)::integer AS generic, sum(custom_plans) > 7 AS custom FROM pg_prepared_statements
       WHERE statement LIKE '%.inner_product(%'`,
    );
    expect(plans).toEqual({ generic: 0, custom: true });
  });

  it('does not compare vectors of another size, and reads none of other users', async () => {
    const vectors = await get(PgvectorScanner).find(reader(), { ...NO_LIMITS, limit: 5 }, MODEL);
    const vector = toUnit(randomVector(1, DIMENSIONS + 1));
    expect(await vectors?.scan({ vector, limit: 5, perDocument: 5 })).toEqual([]);
    const other = { userId: documentIds[0], organizationId: null, hasSecondFactor: false } as never;
    expect(await get(PgvectorScanner).find(other, { ...NO_LIMITS, limit: 5 }, MODEL)).toBeUndefined();
  });

  it('is used in whatever schema it is, and searches go on in memory when it is removed', async () => {
    const { app } = fixture;
    const expected = (await fixture.find('query 3')).map(({ id }) => id);
    const countLines = (): number => log.lines.filter((line) => line.includes('pgvector_lost')).length;
    await app.sql('DROP EXTENSION vector');
    for (let time = 0; time < 3; time += 1)
      expect((await fixture.find('query 3')).map(({ id }) => id)).toEqual(expected);
    expect(countLines()).toBe(1);
    await app.sql('CREATE SCHEMA "Other schema"');
    await app.sql('CREATE EXTENSION vector SCHEMA "Other schema"');
    const sibling = await TestApp.start({
      siblingOf: app,
      env: { EMBEDDINGS_BASE_URL: fake.url, EMBEDDINGS_MODEL: MODEL },
    });
    const scanner = sibling.nest.get(PgvectorScanner, { strict: false });
    expect(scanner.extension).toMatchObject({ schema: '"Other schema"' });
    expect(await scan(scanner, 3)).toEqual(await scan(get(MemoryScanner), 3));
    await sibling.stop();
  });
});

/** Statements do not time out in PGlite, so this runs on PostgreSQL, with a function that takes too long. */
describe('a comparison in the database', () => {
  it('ends after its time', async () => {
    const fixture = await SearchFixture.start();
    const { app } = fixture;
    await fixture.reset();
    await app.sql(`CREATE SCHEMA slow; CREATE DOMAIN slow.vector AS real[];
      CREATE FUNCTION slow.inner_product(real[], real[]) RETURNS float8 LANGUAGE sql VOLATILE
        AS 'SELECT pg_sleep(20); SELECT 1::float8'`);
    const embeddings = app.nest.get(EmbeddingRepository, { strict: false });
    const version = await embeddings.findReadable(await fixture.add({ title: 'Plan', chunks: ['text'] }));
    const versionId = version?.id ?? '';
    const [chunk] = await embeddings.readTexts(versionId, MODEL, -1, 1);
    const vector = Float32Array.of(0.6, 0.8);
    await embeddings.store(MODEL, [
      { chunkId: chunk?.id ?? '', contextKey: chunk?.contextKey ?? '', embedding: vector },
    ]);
    expect(await embeddings.finish(versionId, MODEL)).toBe(true);
    const scan = app.nest
      .get(PgvectorRepository, { strict: false })
      .findNearest(
        'slow',
        { userId: fixture.ada.id, organizationId: null, hasSecondFactor: false } as never,
        { ...NO_LIMITS, limit: 5 },
        { model: MODEL, vector, limit: 5, perDocument: 5, timeoutMs: 40 },
      );
    await expect(scan).rejects.toMatchObject({ code: '57014' });
    await app.stop();
  });
});
