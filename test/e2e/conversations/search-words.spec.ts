import { givenNote, type SearchResultBody, search } from '@test/support/ai/conversations.js';
import { TestApp } from '@test/support/app/test-app.js';
import { givenUserWithId, type UserWithId } from '@test/support/organizations/given-organizations.js';

describe('the words of a search', () => {
  let app: TestApp;
  let ada: UserWithId;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(async () => {
    ada = await givenUserWithId(app);
  });
  afterAll(() => app.stop());

  const findResults = (q: string): Promise<SearchResultBody[]> => search(app, ada, q);
  const findIds = async (q: string): Promise<string[]> => (await findResults(q)).map(({ id }) => id);
  const createNote = (content: string): Promise<string> => givenNote(app, ada, { content });

  it.each([
    ['We write C++ and no C', 'c++', '<mark>C++</mark>', 'c#'],
    ['Courses of level A1/A2 begin', 'A2', '<mark>A2</mark>', 'B2'],
    ['The server runs node.js v2.0 here', 'node.js', '<mark>node.js</mark>', 'python'],
    ['It cost 1,234.56 in May', '1234.56', '1,234.<mark>56</mark>', '1234.99'],
    ['Send your Résumé first', 'resume', '<mark>Résumé</mark>', 'risotto'],
    ['Write an e-mail to them', 'email', '<mark>e-mail</mark>', 'airmail'],
    ['Two words were added', 'add', '<mark>added</mark>', 'ad'],
  ])('finds words with punctuation and accents: %s', async (content, q, shown, other) => {
    const id = await createNote(content);
    const [found] = await findResults(q);
    expect(found?.id).toBe(id);
    expect(found?.snippet).toContain(shown);
    expect(await findIds(other)).not.toContain(id);
  });

  it.each([
    ['来週の会議は東京で行います。場所は未定です。', '東京', '会議は<mark>東京</mark>で'],
    ['知识库的检索质量 depends on 分词', '检索', '的<mark>检索</mark>质量'],
    ['การประชุมจะจัดขึ้นที่กรุงเทพ', 'กรุงเทพ', '<mark>กรุงเทพ</mark>'],
    [`${'あいうえお。'.repeat(2000)}東京都庁の展望室`, '東京都', '<mark>東京都</mark>庁'],
  ])('finds words in scripts without spaces: %.12s…', async (text, question, shown) => {
    const id = await createNote(text);
    const [first] = await findResults(question);
    expect(first?.id).toBe(id);
    expect(first?.snippet).toContain(shown);
    expect(first?.snippet.length).toBeLessThan(700);
    expect(await findIds('南極大陸')).not.toContain(id);
    expect(await findIds('quality')).not.toContain(id);
  });

  it('indexes texts with any number of different words', async () => {
    const characters = (first: number, count: number, every: number): string =>
      Array.from({ length: count }, (_, at) =>
        String.fromCharCode(first + ((at * 7919 + (at >> 8) * 31) % every)),
      ).join('');
    const words = characters(0xac00, 160_000, 11_000).replace(/(..)./g, '$1 ');
    for (const text of [
      characters(0x4e00, 400_000, 20_000),
      characters(0x4e00, 60_000, 20_000) + words,
      words,
    ]) {
      const [row] = await app.sql<{ count: number }>(
        `SELECT length(search_lexemes('english', $1)) AS count`,
        [text],
      );
      expect(row?.count).toBeGreaterThan(10_000);
    }
    await createNote(characters(0x4e00, 100_000, 20_000));
  });
});
