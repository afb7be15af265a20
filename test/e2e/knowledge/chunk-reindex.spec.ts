import { ChunkReindexService } from '@/modules/knowledge/chunks/chunk-reindex.service.js';
import { StatisticsCheckRepository } from '@/modules/knowledge/chunks/persistence/statistics-check.repository.js';
import { JobQueue } from '@/platform/jobs/index.js';
import { SearchFixture } from '@test/support/knowledge/search-fixture.js';

describe('the rebuild of the index of chunks', () => {
  let fixture: SearchFixture;

  beforeAll(async () => {
    fixture = await SearchFixture.start();
    await fixture.reset();
    for (let index = 0; index < 3; index += 1)
      await fixture.add({
        title: 'x',
        chunks: Array.from({ length: 90 }, (_, at) => `added ${index} ${at}`),
      });
  });
  afterAll(() => fixture.app.stop());

  const rebuild = async (): Promise<void> => {
    await fixture.app.nest.get(ChunkReindexService, { strict: false }).onApplicationBootstrap();
    await fixture.app.nest.get(JobQueue).settle('knowledge.reindex');
  };
  const state = async (): Promise<object | undefined> =>
    (await fixture.app.sql('SELECT words_version, after FROM knowledge_index'))[0];

  /** Writes the lexemes of another version: `ad` for added. */
  const makeOutdated = (column: string): Promise<object[]> =>
    fixture.app.sql(`WITH chunks AS (
        UPDATE knowledge_chunks SET words = replace(words::text, '''add''', '''ad''')::tsvector
      ), terms AS (UPDATE knowledge_terms SET lexeme = 'ad' WHERE lexeme = 'add')
      UPDATE knowledge_index SET ${column} = 1`);

  it.each(['server_major', 'words_version'])('happens when the %s is another', async (column) => {
    const { body: before } = await fixture.search({ query: 'adding' });
    expect(before.total).toBe(270);
    await makeOutdated(column);
    expect((await fixture.search({ query: 'adding' })).body.total).toBe(0);
    await rebuild();
    expect((await fixture.search({ query: 'adding' })).body).toEqual(before);
    expect(await state()).toEqual({ words_version: 3, after: null });
    const statistics = fixture.app.nest.get(StatisticsCheckRepository, { strict: false });
    expect(await statistics.findDifferences()).toEqual([]);
  });

  it('does not happen otherwise', async () => {
    const versions = (): Promise<object[]> =>
      fixture.app.sql('SELECT xmin::text FROM knowledge_chunks ORDER BY id LIMIT 1');
    const before = await versions();
    await rebuild();
    expect(await versions()).toEqual(before);
  });
});
