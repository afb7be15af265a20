import fc from 'fast-check';
import { type Hit, SearchFixture } from '@test/support/knowledge/search-fixture.js';

describe('the search in the knowledge base', () => {
  let fixture: SearchFixture;

  beforeAll(async () => {
    fixture = await SearchFixture.start();
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture.app.stop());

  const add: SearchFixture['add'] = (given) => fixture.add(given);
  const search: SearchFixture['search'] = (body) => fixture.search(body);
  const find: SearchFixture['find'] = (query, more) => fixture.find(query, more);
  const contents: SearchFixture['contents'] = (query, more) => fixture.contents(query, more);

  it('returns every field of a passage', async () => {
    const id = await add({
      title: 'Launch plan',
      chunks: ['We agreed on the <launch> of "rockets".'],
      headingPath: ['Decisions'],
      metadata: { department: 'sales' },
    });
    const { body } = await search({ query: 'launching rockets' });
    expect(body).toEqual({
      query: 'launching rockets',
      total: 1,
      results: [
        {
          id: expect.any(String),
          document_id: id,
          document_version: 1,
          title: 'Launch plan',
          content: 'We agreed on the <launch> of "rockets".',
          snippet: 'We agreed on the &lt;<mark>launch</mark>&gt; of &quot;<mark>rockets</mark>&quot;.',
          heading_path: ['Decisions'],
          page: 1,
          start: 0,
          end: 39,
          score: expect.any(Number),
          source: 'handbook.md',
          visibility: 'private',
          metadata: { department: 'sales' },
          found_by: 'lexical',
        },
      ],
    });
  });

  it('finds nothing without documents, and nothing for stop words', async () => {
    expect((await search({ query: 'rocket' })).body).toEqual({ query: 'rocket', total: 0, results: [] });
    await add({ chunks: ['the rocket'] });
    expect((await search({ query: 'the of and' })).body).toMatchObject({ total: 0, results: [] });
  });

  it.each([
    ['Levels A1/A2 and B1-B2', ['A1', 'A2', 'B1', 'B2', 'A1/A2', 'B1-B2']],
    ['It costs 1,234.56 EUR', ['1,234.56', '1234.56']],
    ['Read pages 10-20', ['10', '20', '10-20']],
    ['Install node.js v2.0', ['node.js', 'node', 'v2', 'v2.0']],
    [
      'The state-of-the-art method',
      ['state of the art', 'state-of-the-art', '"state of the art"', '"state-of-the-art"'],
    ],
    ['The state of the art', ['state-of-the-art', '"state-of-the-art"']],
    ['Send an e-mail', ['email', 'e-mail', 'emails']],
    ['Send an email', ['e-mail']],
    ['Call AT&T', ['AT&T', 'at&t']],
    ['List<String> names of Map<K, V>, and <placeholder>', ['string', 'K', 'placeholder', 'List<String>']],
    ['Crème brûlée at the café', ['creme brulee', 'cafe', 'café', 'CAFÉ']],
    ['Creme at the cafe', ['crème', 'café']],
    ['来週の会議は東京で行う', ['東京', '会議', '来週の会議']],
    ['ประชุมที่กรุงเทพ', ['กรุงเทพ']],
    ['He added an erring note', ['added', 'add', 'errs']],
  ])('finds %j by each of its forms', async (content, queries) => {
    await add({ title: 'x', chunks: [content] });
    for (const query of queries) {
      const [hit] = await find(query);
      expect([query, hit?.content]).toEqual([query, content]);
      expect([query, hit?.snippet]).toEqual([query, expect.stringContaining('<mark>')]);
    }
  });

  it('tells C++ from C#', async () => {
    await add({ title: 'x', chunks: ['We write C++ here', 'We write C# here', 'Vitamin C is here'] });
    expect(await contents('C++')).toEqual(['We write C++ here']);
    expect(await contents('C#')).toEqual(['We write C# here']);
  });

  it.each([
    ['de', 'Die Häuser der Lehrerinnen', ['Haus', 'hauser', 'Lehrerin']],
    ['fr', 'Les chevaux mangeaient', ['mangeait', 'cheval chevaux']],
    ['es', 'Las canciones españolas', ['canción', 'espanola']],
    ['ru', 'Новые книги о Россииˎ', ['книга', 'новая']],
    ['pt-BR', 'As comunicações oficiais', ['comunicação', 'oficiais']],
    ['tr', 'Kitaplar burada', ['kitap']],
    [null, 'Plain words', ['words']],
  ])('stems words in the language %s', async (language, content, queries) => {
    await add({ title: 'x', language, chunks: [content] });
    for (const query of queries) expect([query, await contents(query)]).toEqual([query, [content]]);
  });

  it('matches a query in every language of the documents', async () => {
    await add({ title: 'x', language: 'de', chunks: ['Die Reisen nach Rom'] });
    await add({ title: 'y', language: 'en', chunks: ['The journeys to Rome'] });
    expect(await contents('reise journey')).toHaveLength(2);
  });

  it('ranks by rarity, frequency and titles', async () => {
    await add({ title: 'Mars', chunks: ['A common word about the planet', 'Nothing'] });
    await add({ title: 'Notes', chunks: ['common common common', 'common mars rover', 'Nothing else'] });
    const [first] = await find('mars rover');
    expect(first?.content).toBe('common mars rover');
    expect((await find('mars'))[0]?.title).toBe('Mars');
    const scores = (await find('common mars')).map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((one, other) => other - one));
  });

  it('requires the words of a phrase in their order', async () => {
    await add({ title: 'x', chunks: ['needle and thread', 'thread the needle', 'a needle', '東京都の会議'] });
    expect(await contents('"needle and threads"')).toEqual(['needle and thread']);
    expect(await contents('“thread the needle”')).toEqual(['thread the needle']);
    expect(await contents('"thread needle" needle')).toEqual([]);
    expect(await contents('"東京都"')).toEqual(['東京都の会議']);
  });

  it('corrects the spelling only when nothing else is found', async () => {
    await add({ title: 'x', chunks: ['refund policy', 'refusal'] });
    expect(await contents('refnud')).toEqual(['refund policy']);
    expect(await contents('polciy refudn')).toEqual(['refund policy']);
    expect(await contents('efund')).toEqual([]);
    expect(await contents('refund refusla')).toEqual(['refund policy']);
  });

  it('gives one document at most half of the results when others match', async () => {
    const chunks = Array.from({ length: 30 }, (_, index) => `otter otter otter ${index}`);
    await add({ title: 'Otter', chunks });
    for (let index = 0; index < 8; index += 1)
      await add({ title: 'x', chunks: [`one otter among other words ${index}`] });
    const titles = (await find('otter')).map(({ title }) => title);
    expect(titles.filter((title) => title === 'Otter')).toHaveLength(5);
    expect(titles).toHaveLength(10);
    const alone = await find('otter', { filters: { visibility: ['private'] }, limit: 3 });
    expect(alone.map(({ title }) => title)).toEqual(['Otter', 'Otter', 'x']);
  });

  it('fills the results from one document when no other matches', async () => {
    await add({ title: 'x', chunks: Array.from({ length: 30 }, (_, index) => `otter ${index}`) });
    expect(await find('otter')).toHaveLength(10);
    expect(await find('otter', { limit: 50 })).toHaveLength(30);
    expect((await search({ query: 'otter' })).body.total).toBe(30);
  });

  it('counts matches up to 1,000', async () => {
    await add({ title: 'x', chunks: Array.from({ length: 1010 }, (_, index) => `otter ${index}`) });
    expect((await search({ query: 'otter' })).body.total).toBe(1000);
    const filters = { created_from: '2020-01-01T00:00:00Z' };
    expect((await search({ query: 'otter', filters })).body.total).toBe(1000);
  });

  it('answers every query of characters, and marks nothing but matches', async () => {
    await add({ title: 'x', chunks: ['a <b> & "c" 東京 1,234.56 C++'] });
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
    const pieces = fc.constantFrom(
      '"',
      '\\',
      "'",
      '|',
      '&',
      '!',
      ':*',
      '(',
      'a',
      '東京',
      'C++',
      '<',
      '%',
      '-',
    );
    const query = fc.oneof(
      text,
      fc.array(pieces, { minLength: 1, maxLength: 12 }).map((list) => list.join('')),
    );
    await fc.assert(
      fc.asyncProperty(query, async (given) => {
        const { status, body } = await search({ query: given });
        expect([given, [200, 400].includes(status)]).toEqual([given, true]);
        for (const { snippet } of (body.results ?? []) as Hit[])
          expect(snippet.replace(/<\/?mark>/g, '')).toBe('a &lt;b&gt; &amp; &quot;c&quot; 東京 1,234.56 C++');
      }),
      { numRuns: 60 },
    );
  });

  it('refuses or answers every body', async () => {
    const known = fc.constantFrom('query', 'limit', 'scope', 'filters', 'conversation_id', 'extra');
    const body = fc.oneof(fc.jsonValue(), fc.dictionary(known, fc.jsonValue()));
    await fc.assert(
      fc.asyncProperty(body, async (given) => {
        const { status } = await search(given);
        expect([200, 400, 404]).toContain(status);
      }),
      { numRuns: 60 },
    );
  });
});
