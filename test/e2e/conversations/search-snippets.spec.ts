import { givenNote, type SearchResultBody, search } from '@test/support/ai/conversations.js';
import { TestApp } from '@test/support/app/test-app.js';
import { givenUserWithId, type UserWithId } from '@test/support/organizations/given-organizations.js';

const FAR = 'some other words here\n'.repeat(300);

describe('the snippet of a search result', () => {
  let app: TestApp;
  let ada: UserWithId;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(async () => {
    ada = await givenUserWithId(app);
  });
  afterAll(() => app.stop());

  async function findSnippet(content: string, q: string): Promise<string | undefined> {
    const id = await givenNote(app, ada, { content });
    const results: SearchResultBody[] = await search(app, ada, q);
    return results.find((result) => result.id === id)?.snippet;
  }

  it.each([
    ['of 3,000 letters', 'a'.repeat(3000)],
    ['of 3,000 blanks', `x${' '.repeat(3000)}x`],
    ['of 3,000 signs', '-'.repeat(3000)],
    ['of 1,500 letters beyond the Basic Multilingual Plane', '𐐨'.repeat(1500)],
    ['in two bytes a letter', 'б'.repeat(1200)],
    ['with 60 combining marks', `a${'\u0301'.repeat(60)}`],
    ['of conjoining Hangul', '한국어'.normalize('NFD')],
    ['of decomposed Hiragana', 'が'.normalize('NFD')],
    ['with a Devanagari sign', 'क\u093c'],
    ['with a letter whose small form is longer', 'İstanbul'],
  ])('marks the matches beside a word %s', async (_name, word) => {
    const snippet = await findSnippet(`A C++ pelican ${word}`, 'pelicans c++');
    expect(snippet).toContain('A <mark>C++</mark> <mark>pelican</mark> ');
    expect(await findSnippet(`${word} and a pelican`, 'pelicans')).toContain('<mark>pelican</mark>');
  });

  it.each([
    ['conjoining Hangul', '한국어 사전', '한국어'],
    ['decomposed Hiragana', 'これはがくせいです', 'がく'],
    ['decomposed Latin', 'un résumé bref', 'résumé'],
  ])('marks words in %s', async (_name, text, word) => {
    expect(await findSnippet(text.normalize('NFD'), word)).toContain(`<mark>${word}</mark>`);
  });

  it.each([
    ['full-width letters', 'これは ＡＰＩ の説明', 'api', '<mark>ＡＰＩ</mark>'],
    ['a ligature', 'to ﬁnd it', 'find', '<mark>ﬁnd</mark>'],
    ['a fraction', 'about ½ of it', '½', '<mark>½</mark>'],
  ])('marks words with %s', async (_name, text, q, shown) => {
    expect(await findSnippet(text, q)).toContain(shown);
  });

  it('marks a match that is longer than the snippet', async () => {
    const snippet = await findSnippet('哈'.repeat(2000), '哈哈');
    expect(snippet).toMatch(/^<mark>哈{300,320}<\/mark> …$/);
  });

  it.each([
    ['Die Prüfung beginnt', 'Prüfung', 'Prüfung'],
    ['Send your Résumé first', 'resumes', 'Résumé'],
    ['Die Straße ist lang', 'strasse', 'Straße'],
    ['Ein re\u0301sume\u0301 hier', 'résumé', 'résumé'],
    ['Das größere Haus', 'größer', 'größere'],
    ['Un chef-d’œuvre', 'œuvre', 'œuvre'],
    ['Said by O’Brien', "O'Brien", 'O</mark>’<mark>Brien'],
    ['Write an e-mail to them', 'email', 'e-mail'],
    ['We write C++ and no C', 'c++', 'C++'],
    ['It cost 1,234.56 in May', '1234.56', '1,234.<mark>56'],
    ['The [x] (y) $1 ^a.* price', 'price', 'price'],
  ])('shows a match far from the beginning: %s', async (sentence, q, shown) => {
    const snippet = await findSnippet(`${FAR}${sentence}\n${FAR}`, q);
    expect(snippet).toContain(shown.includes('<mark>') ? shown : `<mark>${shown}</mark>`);
  });
});
