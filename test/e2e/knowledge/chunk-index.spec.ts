import fc from 'fast-check';
import { StatisticsCheckRepository } from '@/modules/knowledge/chunks/persistence/statistics-check.repository.js';
import { JobQueue } from '@/platform/jobs/index.js';
import { TestApp } from '@test/support/app/test-app.js';
import { DocumentFixture } from '@test/support/knowledge/given-documents.js';
import { givenUserWithId, inParallel } from '@test/support/organizations/given-organizations.js';

const WORDS = ['apple', 'pear', 'A1/A2', 'running', 'Köln', '東京都', 'the', 'e-mail', '1,234.56'];

describe('the index of chunks', () => {
  let app: TestApp;
  let documents: DocumentFixture;
  let statistics: StatisticsCheckRepository;
  let partitions: string[];

  beforeAll(async () => {
    app = await TestApp.start();
    documents = new DocumentFixture(app);
    statistics = app.nest.get(StatisticsCheckRepository, { strict: false });
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    const users = [await givenUserWithId(app), await givenUserWithId(app)];
    partitions = await Promise.all(users.map(({ id }) => documents.partition({ ownerId: id })));
  });

  const terms = async (partitionId: string): Promise<Record<string, number>> => {
    const rows = await app.sql<{ lexeme: string; chunks: number }>(
      'SELECT lexeme, chunks FROM knowledge_terms WHERE partition_id = $1 ORDER BY lexeme',
      [partitionId],
    );
    return Object.fromEntries(rows.map(({ lexeme, chunks }) => [lexeme, chunks]));
  };

  const size = async (partitionId: string): Promise<{ chunks: number; length: number }[]> =>
    app.sql(
      `SELECT chunks, length::int FROM knowledge_partition_statistics WHERE partition_id = $1 AND chunks > 0`,
      [partitionId],
    );

  it('counts for each lexeme the chunks of the partition that contain it', async () => {
    const [partitionId = ''] = partitions;
    await documents.document({ partitionId, title: 'Fruit', chunks: ['apple apple pear', 'pear'] });
    await documents.document({ partitionId, title: 'Fruit', chunks: ['pears'] });
    expect(await terms(partitionId)).toEqual({ appl: 1, fruit: 3, pear: 3 });
    expect(await size(partitionId)).toEqual([{ chunks: 3, length: 11 }]);
  });

  it('replaces the chunks of the version before', async () => {
    const [partitionId = ''] = partitions;
    const id = await documents.document({ partitionId, title: 'Fruit', chunks: ['apple', 'pear'] });
    await documents.replace(id, 2, { partitionId, title: 'Fruit', language: 'de', chunks: ['Äpfel'] });
    expect(await terms(partitionId)).toEqual({ apfel: 1, fruit: 1 });
    expect(await size(partitionId)).toEqual([{ chunks: 1, length: 3 }]);
  });

  it('counts a moved document in its new partition only', async () => {
    const [from = '', to = ''] = partitions;
    const id = await documents.document({ partitionId: from, title: 'Fruit', chunks: ['apple'] });
    await documents.move(id, to);
    expect(await terms(from)).toEqual({});
    expect(await size(from)).toEqual([]);
    expect(await terms(to)).toEqual({ appl: 1, fruit: 1 });
    await documents.delete(id);
    expect(await terms(to)).toEqual({});
  });

  it('replaces the title in the context of chunks', async () => {
    const [partitionId = ''] = partitions;
    const headingPath = ['Fruit', 'Sweet'];
    const id = await documents.document({ partitionId, title: 'Fruit', chunks: ['apple'], headingPath });
    await documents.retitle(id, 'Trees');
    const contexts = await app.sql('SELECT context FROM knowledge_chunks WHERE document_id = $1', [id]);
    expect(contexts).toEqual([{ context: 'Trees › Fruit › Sweet' }]);
    expect(await terms(partitionId)).toEqual({ appl: 1, fruit: 1, sweet: 1, tree: 1 });
    await documents.retitle(id, 'Fruit');
    expect(await terms(partitionId)).toEqual({ appl: 1, fruit: 1, sweet: 1 });
  });

  it('loses no count when many write at the same time', async () => {
    const ids = await inParallel(8, (index) =>
      documents.document({ partitionId: partitions[index % 2] ?? '', chunks: WORDS }),
    );
    await inParallel(24, (index) => {
      const id = ids[index % 8] ?? '';
      if (index % 3 === 0) return documents.move(id, partitions[(index >> 2) % 2] ?? '');
      if (index % 3 === 1) return documents.retitle(id, WORDS[index % 9] ?? '');
      return documents
        .document({ partitionId: partitions[index % 2] ?? '', chunks: WORDS.slice(index % 5) })
        .then((other) => documents.delete(other));
    });
    expect(await statistics.findDifferences()).toEqual([]);
  });

  it('counts chunks that were staged before the document moved in its new partition', async () => {
    const [from = '', to = ''] = partitions;
    const id = await documents.document({ partitionId: from, title: 'Fruit', chunks: ['apple'] });
    const staged = await documents.stage(id, 2, { partitionId: from, title: 'Fruit', chunks: ['pear'] });
    expect(await terms(from)).toEqual({ appl: 1, fruit: 1 });
    await documents.move(id, to);
    await documents.publish(staged, to);
    expect(await terms(from)).toEqual({});
    expect(await terms(to)).toEqual({ fruit: 1, pear: 1 });
    expect(await statistics.findDifferences()).toEqual([]);
  });

  it('is not replaced when staged chunks are missing', async () => {
    const [partitionId = ''] = partitions;
    const id = await documents.document({ partitionId, title: 'Fruit', chunks: ['apple'] });
    const staged = await documents.stage(id, 2, { partitionId, chunks: ['pear', 'plum'] });
    await app.sql('DELETE FROM knowledge_chunks WHERE version_id = $1 AND ordinal = 0', [staged.versionId]);
    await expect(documents.publish(staged, partitionId)).rejects.toThrow('1 of 2 chunks were staged.');
    expect(await terms(partitionId)).toEqual({ appl: 1, fruit: 1 });
    await documents.delete(id);
  });

  it('takes the title of a long document into the context of all chunks', async () => {
    const [partitionId = ''] = partitions;
    const chunks = Array.from({ length: 450 }, () => 'apple');
    const id = await documents.document({ partitionId, title: 'Fruit', chunks });
    await documents.retitle(id, 'Trees');
    await app.nest.get(JobQueue).settle('knowledge.retitle');
    expect(await terms(partitionId)).toEqual({ appl: 450, tree: 450 });
    expect(await statistics.findDifferences()).toEqual([]);
  });

  it('goes away with its partition', async () => {
    const [partitionId = ''] = partitions;
    await documents.document({ partitionId, chunks: WORDS });
    await app.sql('DELETE FROM knowledge_partitions WHERE id = $1', [partitionId]);
    expect(await terms(partitionId)).toEqual({});
    expect(await statistics.findDifferences()).toEqual([]);
  });

  it('reports statistics that are wrong', async () => {
    const [partitionId = ''] = partitions;
    await documents.document({ partitionId, title: 'Fruit', chunks: ['apple'] });
    await app.sql(`UPDATE knowledge_terms SET chunks = 2 WHERE partition_id = $1 AND lexeme = 'appl'`, [
      partitionId,
    ]);
    expect(await statistics.findDifferences()).toEqual([
      { partition_id: partitionId, lexeme: 'appl', stored: '2', counted: '1' },
    ]);
    await app.sql('DELETE FROM knowledge_partitions WHERE id = $1', [partitionId]);
  });

  it('agrees with its statistics after every sequence of changes', async () => {
    const texts = fc.array(
      fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 6 }).map((words) => words.join(' ')),
      { minLength: 1, maxLength: 4 },
    );
    const step = fc.record({
      act: fc.constantFrom('add', 'replace', 'move', 'retitle', 'delete'),
      at: fc.nat(50),
      language: fc.constantFrom('en', 'de', null),
      chunks: texts,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const present: { id: string; partitionId: string; version: number }[] = [];
        for (const { act, at, language, chunks } of steps) {
          const document = present[at % Math.max(1, present.length)];
          const partitionId = partitions[at % 2] ?? '';
          if (act === 'add' || !document) {
            const id = await documents.document({ partitionId, language, chunks });
            present.push({ id, partitionId, version: 1 });
          } else if (act === 'replace') {
            document.version += 1;
            const given = { partitionId: document.partitionId, language, chunks };
            await documents.replace(document.id, document.version, given);
          } else if (act === 'move') {
            await documents.move(document.id, partitionId);
            document.partitionId = partitionId;
          } else if (act === 'retitle') {
            await documents.retitle(document.id, chunks[0] ?? '');
          } else {
            await documents.delete(document.id);
            present.splice(present.indexOf(document), 1);
          }
        }
        expect(await statistics.findDifferences()).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });
});
