import { FakeModelServer } from '@test/support/knowledge/fake-model-server.js';
import { SearchFixture } from '@test/support/knowledge/search-fixture.js';

/** The fake model ranks the longest text first. */
describe('the reranking of hits', () => {
  let fake: FakeModelServer;
  let fixture: SearchFixture;

  beforeAll(async () => {
    fake = await FakeModelServer.start();
    fixture = await SearchFixture.start({
      RERANK_BASE_URL: fake.url,
      RERANK_API_KEY: 'rerank-key',
      RERANK_MODEL: 'lengths-1',
    });
  });
  beforeEach(async () => {
    fake.intercept = () => undefined;
    fake.requests.length = 0;
    fixture.app.clock.advance(60);
    await fixture.reset();
  });
  afterAll(async () => {
    await fixture.app.stop();
    await fake.stop();
  });

  const filler = 'and a long text about many other matters';
  const byWords = ['otter otter otter', 'otter otter lake', `otter ${filler}`];
  const givenDocuments = async (): Promise<void> => {
    for (const [index, content] of byWords.entries())
      await fixture.add({ title: `Animal ${index}`, chunks: [content] });
  };

  it('shows the hits in the order of the model, with its scores', async () => {
    await givenDocuments();
    const hits = await fixture.find('otter', { limit: 2 });
    expect(hits.map(({ content }) => content)).toEqual([byWords[2], 'otter otter otter']);
    expect(hits[0]?.score).toBeGreaterThan(hits[1]?.score ?? 1);
    const [request] = fake.requests;
    expect(request?.body).toMatchObject({ model: 'lengths-1', query: 'otter', top_n: 3 });
    expect(request?.body.documents).toContain('Animal 0\notter otter otter');
    expect(request?.headers).toMatchObject({ authorization: 'Bearer rerank-key' });
  });

  it('asks for the first 50 hits at most, and for none when there is no choice', async () => {
    await fixture.add({ title: 'One', chunks: ['heron'] });
    expect(await fixture.contents('heron')).toEqual(['heron']);
    expect(fake.requests).toEqual([]);
    for (let index = 0; index < 3; index += 1)
      await fixture.add({ title: 'Many', chunks: Array.from({ length: 30 }, () => 'heron') });
    expect(await fixture.contents('heron', { limit: 50 })).toHaveLength(50);
    expect(fake.bodies('/rerank').map(({ documents }) => (documents as string[]).length)).toEqual([50]);
  });

  it('leaves each document its share', async () => {
    await fixture.add({ title: 'Long', chunks: [1, 2, 3, 4].map((number) => `otter ${filler} ${number}`) });
    await givenDocuments();
    const contents = await fixture.contents('otter', { limit: 4 });
    expect(contents.filter((content) => / \d$/.test(content))).toHaveLength(2);
  });

  it.each([
    ['fails', () => ({ status: 500, body: {} })],
    ['refuses the key', () => ({ status: 401, body: {} })],
    ['leaves out a text', () => ({ body: { results: [{ index: 0, relevance_score: 1 }] } })],
    [
      'ranks a text twice',
      () => ({ body: { results: [0, 0, 1].map((index) => ({ index, relevance_score: 1 })) } }),
    ],
    [
      'returns no number',
      () => ({ body: { results: [0, 1, 2].map((index) => ({ index, relevance_score: null })) } }),
    ],
    ['returns something else', () => ({ body: 'hello' })],
  ])('keeps the order when the model %s', async (_, answer) => {
    await givenDocuments();
    fake.intercept = answer;
    expect(await fixture.contents('otter')).toEqual(byWords);
    expect(fake.requests).toHaveLength(1);
    const { text } = await fixture.app.get('/metrics');
    expect(text).toContain('xentree_reranks_total{outcome="failed"}');
    fake.intercept = () => undefined;
    expect((await fixture.contents('otter'))[0]).toBe(byWords[2]);
  });
});
