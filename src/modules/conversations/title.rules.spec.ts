import fc from 'fast-check';
import { deriveTitle } from './title.rules.js';

describe('the title of a conversation', () => {
  it.each([
    ['Create a learning plan for my team.', 'Sure.', 'Create a learning plan for my team.'],
    ['What is photosynthesis? Explain it simply.', 'It is…', 'What is photosynthesis?'],
    ['  How do\n\n I   cook\trice? ', '', 'How do I cook rice?'],
    ['hello', 'Hello! How can I help?', 'Hello!'],
    ['Photosynthesis', '', 'Photosynthesis'],
    ['?!', 'Nothing was asked here.', 'Nothing was asked here.'],
    ['# Budget for 2026\nand more', 'ok', 'Budget for 2026 and more'],
    ['```js\nlet a = 1\n```\nWhat does this print?', 'ok', 'let a = 1 What does this print?'],
    [
      'Please compare the advantages of photovoltaic panels with those of wind turbines on farms',
      '',
      'Please compare the advantages of photovoltaic panels with',
    ],
    ['Wie geht es dir heute? Gut?', 'Gut.', 'Wie geht es dir heute?'],
    ['ما هي عاصمة فرنسا؟ أخبرني', 'باريس', 'ما هي عاصمة فرنسا؟'],
    ['東京の天気はどうですか。明日は?', '晴れ', '東京の天気はどうですか。'],
    ['👩‍👩‍👧 family photo tips', '', '👩‍👩‍👧 family photo tips'],
    ['a\u0000b\u202ec words', '', 'a b c words'],
  ])('of %j answered with %j is %j', (question, answer, title) => {
    expect(deriveTitle(question, answer)).toBe(title);
  });

  it('is none where nobody said a word', () => {
    expect(deriveTitle('', '')).toBeNull();
    expect(deriveTitle('!!! ---', ' ** ')).toBeNull();
  });

  it('cuts a word that is longer than a title', () => {
    expect(deriveTitle(`${'x'.repeat(100)} y`, '')).toBe('x'.repeat(60));
  });

  it('is one visible line of at most 60 characters, whatever was said', () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(
      fc.property(text, text, (question, answer) => {
        const title = deriveTitle(question, answer);
        if (title === null) return;
        expect([...new Intl.Segmenter('en').segment(title)].length).toBeLessThanOrEqual(60);
        expect(title).toMatch(/^\S(.*\S)?$/u);
        expect(title.isWellFormed()).toBe(true);
        expect(title).not.toContain('\u0000');
      }),
    );
  });
});
