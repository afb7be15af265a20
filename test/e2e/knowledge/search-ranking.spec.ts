import fc from 'fast-check';
import { LexicalSearchRepository } from '@/modules/knowledge/retrieval/persistence/lexical-search.repository.js';
import { type LexicalPlan, planLexicalSearch } from '@/modules/knowledge/retrieval/query-plan.js';
import type { KnowledgeQuery } from '@/modules/knowledge/retrieval/retrieval.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { bm25ScoreSql } from '@/platform/search/index.js';
import { SearchFixture } from '@test/support/knowledge/search-fixture.js';

const WORDS = ['otter', 'heron', 'badger', 'marten', 'weasel'];
const ALL = { limit: 50, perDocument: 50 };

/** Scores every chunk that is ready. `$1` partition, `$2` word queries, `$3` weights, `$4` average length. */
const REFERENCE = `SELECT id, score FROM (
    SELECT c.id, ${bm25ScoreSql({ words: 'c.words', length: 'c.length', averageLength: '$4', wordQueries: '$2', weights: '$3' })} AS score
    FROM knowledge_chunks c JOIN knowledge_documents d ON d.ready_version_id = c.version_id WHERE d.partition_id = $1
  ) c WHERE score > 0 ORDER BY score DESC, id DESC`;

describe('the ranking by words', () => {
  let fixture: SearchFixture;
  let repository: LexicalSearchRepository;

  beforeAll(async () => {
    fixture = await SearchFixture.start();
    repository = fixture.app.nest.get(LexicalSearchRepository, { strict: false });
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture.app.stop());

  async function rank(query: string, change: (plan: LexicalPlan) => Partial<LexicalPlan> = () => ({})) {
    const reader = { userId: fixture.ada.id, organizationId: null, hasSecondFactor: false };
    const given: KnowledgeQuery = { query, limit: 10, scope: 'all', conversationId: null, filters: {} };
    const corpus = await repository.loadStatistics(reader, given);
    const planned = planLexicalSearch(corpus, false);
    if (!planned) throw new Error('No chunk contains a word.');
    const plan = { ...planned, ...change(planned) };
    const { averageLength } = corpus;
    const ranking = await repository.rank(reader, given, { plan, averageLength, phrases: [] }, ALL);
    const found = ranking.chunks.map(({ id, score }) => ({ id, score }));
    const values = [fixture.partitionId, plan.wordQueries, plan.weights, averageLength];
    const expected = await fixture.app.sql<{ id: string; score: number }>(REFERENCE, values);
    return { found, expected, total: ranking.total };
  }

  it('gives each chunk that is ready the score of all its words', async () => {
    const text = fc
      .array(fc.constantFrom(...WORDS, 'and', 'river', 'bank'), { minLength: 1, maxLength: 12 })
      .map((words) => words.join(' '));
    const document = fc.record({
      title: fc.constantFrom('Otter', 'River', 'Handbook'),
      chunks: fc.array(text, { minLength: 1, maxLength: 6 }),
      staged: fc.array(text, { maxLength: 3 }),
    });
    const documents = fc.array(document, { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(documents, async (given) => {
        await fixture.reset();
        await fixture.add({ chunks: ['otter'] });
        for (const { staged, ...ready } of given) {
          const id = await fixture.add(ready);
          const next = { partitionId: fixture.partitionId, chunks: staged };
          if (staged.length > 0) await fixture.documents.stage(id, 2, next);
        }
        const all = await rank(WORDS.join(' '));
        expect(all.found).toEqual(all.expected);
        expect(all.total).toBe(all.expected.length);
        const narrow = await rank(WORDS.join(' '), () => ({ isNarrow: true }));
        expect(narrow).toEqual(all);
        const selected = await rank(WORDS.join(' '), ({ words }) => ({ candidates: words.slice(1) }));
        expect(all.expected).toEqual(expect.arrayContaining(selected.found));
        expect(selected.total).toBe(selected.found.length > 0 ? all.total : 0);
      }),
      { numRuns: 10 },
    );
  });

  it('finds chunks with all common words when rare words select few', async () => {
    await fixture.add({ chunks: ['otter', 'heron badger', 'heron', 'badger', 'badger heron otter'] });
    const { found, expected, total } = await rank('otter heron badger', () => ({
      candidates: ['otter'],
      common: ['heron', 'badger'],
    }));
    expect(found).toHaveLength(3);
    expect(expected).toEqual(expect.arrayContaining(found));
    expect(total).toBe(5);
  });

  it('counts no chunk that is not ready, however many there are', async () => {
    const id = await fixture.add({ chunks: ['otter heron'] });
    const staged = Array.from({ length: 1300 }, () => 'otter');
    await fixture.documents.stage(id, 2, { partitionId: fixture.partitionId, chunks: staged });
    await fixture.add({ chunks: Array.from({ length: 900 }, () => 'otter') });
    const { total } = await rank('otter heron', () => ({ candidates: ['heron'] }));
    expect(total).toBe(901);
  });

  it('is not compiled by PostgreSQL at each execution', async () => {
    const text = `SELECT setting, source FROM pg_settings WHERE name = 'jit'`;
    const settings = await fixture.app.nest.get(UnitOfWork).query({ name: 'test.jit', text }, []);
    expect(settings).toEqual([{ setting: 'off', source: 'client' }]);
  });
});
