import { CompoundWords, joinLines } from './line-joining.js';

describe('Joining of lines', () => {
  const compounds = new CompoundWords();
  compounds.add('A well-known example');

  it.each([
    ['an interna-', 'tional word', 'an international word'],
    ['a well-', 'known word', 'a well-known word'],
    ['the state-of-the-', 'art method', 'the state-of-the-art method'],
    ['the Anglo-', 'Saxon word', 'the Anglo-Saxon word'],
    ['Ein-', 'und Ausgabe', 'Ein- und Ausgabe'],
    ['a soft\u00ad', 'ened word', 'a softened word'],
    ['two', 'words', 'two words'],
    ['図書', '館', '図書館'],
  ])('joins "%s" and "%s"', (first, second, joined) => {
    expect(joinLines(first, second, compounds)).toBe(joined);
  });
});
