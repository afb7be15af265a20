import fc from 'fast-check';
import { DEFAULT_TITLE, deriveTitle, displayTitle } from './title.rules.js';

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
  ])('of the question %j with the answer %j is %j', (question, answer, title) => {
    expect(deriveTitle(question, answer)).toBe(title);
  });

  it('is null when neither message has a word', () => {
    expect(deriveTitle('', '')).toBeNull();
    expect(deriveTitle('!!! ---', ' ** ')).toBeNull();
  });

  it.each([
    ['60 characters are kept', `${'a'.repeat(29)} ${'b'.repeat(30)}`, `${'a'.repeat(29)} ${'b'.repeat(30)}`],
    ['61 characters are cut at a word boundary', `${'a'.repeat(29)} ${'b'.repeat(31)}`, 'a'.repeat(29)],
    ['a dangling bracket is removed', `${'a'.repeat(56)} b (${'c'.repeat(20)})`, `${'a'.repeat(56)} b`],
    ['a dangling dash is removed', `${'a'.repeat(56)} b – ${'c'.repeat(20)}`, `${'a'.repeat(56)} b`],
    ['60 emoji of several code points are kept', `a b ${'👩‍👩‍👧'.repeat(20)}`, `a b ${'👩‍👩‍👧'.repeat(20)}`],
  ])('is limited: %s', (_name, question, title) => {
    expect(deriveTitle(question, '')).toBe(title);
  });

  it('has at most 200 code units, however many combining marks a character has', () => {
    const title = deriveTitle(`a b ${`e${'\u0301'.repeat(50)}`.repeat(20)}`, '');
    expect(title?.length).toBeLessThanOrEqual(200);
  });

  it('does not depend on text after the first 2,000 code units', () => {
    const filler = ' '.repeat(1998);
    expect(deriveTitle(`${filler}ab cd`, '')).toBe('ab');
    expect(deriveTitle(`${' '.repeat(2000)}ab cd`, '')).toBeNull();
    expect(deriveTitle('Do it now. '.repeat(100_000), '')).toBe('Do it now.');
  });

  it('takes little time for any text', () => {
    const { user: before } = process.cpuUsage();
    for (const unit of ['. ', 'a. ', '? ! ', 'a b c ', '👩‍👩‍👧'])
      for (let count = 0; count < 20; count += 1) deriveTitle(unit.repeat(2000), '');
    expect(process.cpuUsage({ user: before, system: 0 }).user).toBeLessThan(700_000);
  });

  it('cuts a word that is longer than the limit', () => {
    expect(deriveTitle(`${'x'.repeat(100)} y`, '')).toBe('x'.repeat(60));
  });

  it('is one visible line of at most 60 characters, whatever the messages say', () => {
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

describe('the displayed title', () => {
  it.each([
    ['Mine', 'Some content here.', 'Mine'],
    ['', 'Some content here.', ''],
    [null, 'Some content here. More.', 'Some content here.'],
    [null, '', 'Untitled note'],
    [null, '!!!', 'Untitled note'],
  ])('of %j with the content %j is %j', (title, content, displayed) => {
    expect(displayTitle(title, content)).toBe(displayed);
  });

  it('of a new conversation is not derived', () => {
    expect(displayTitle(DEFAULT_TITLE, 'Anything')).toBe('New conversation');
  });
});
