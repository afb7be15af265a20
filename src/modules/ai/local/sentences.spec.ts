import { setImmediate as nextTurn } from 'node:timers/promises';
import { isSameWord, findBestSentences, splitSentences, extractKeywords } from './sentences.js';

const texts = [
  { content: 'The launch is planned for 4 May. Bring the cables.\n\n- Rooms are booked in Lisbon' },
  { content: 'Cats sleep a lot. The weather was fine.' },
];
const quotes = async (question: string, most = 3): Promise<string[]> =>
  (await findBestSentences(question, texts, most)).map(({ sentence }) => sentence);

describe('findBestSentences', () => {
  it('returns the sentences with the rare words of the question', async () => {
    expect(await quotes('When is the launch planned?')).toEqual(['The launch is planned for 4 May.']);
    expect(await quotes('Which rooms did we book in Lisbon?')).toEqual(['Rooms are booked in Lisbon']);
  });

  it('returns nothing when no sentence supports an answer', async () => {
    expect(await quotes('How do volcanoes form under ice?')).toEqual([]);
    expect(await quotes('What is it and why?')).toEqual([]);
    expect(await quotes('')).toEqual([]);
    expect(await findBestSentences('launch', [], 3)).toEqual([]);
  });

  it('chooses between the answers to a follow-up by the words of the earlier questions', async () => {
    const course = 'Adults pay 340 euros for the evening course.';
    const fees = [{ content: `Adults pay 90 euros for swimming. ${course}` }];
    const find = async (question: string, earlier: string): Promise<string[]> =>
      (await findBestSentences(question, fees, 3, [earlier])).map(({ sentence }) => sentence);
    expect(await find('And for adults?', 'What does the course cost for children?')).toEqual([course]);
    expect(await find('And for adults?', 'What does the tennis cost?')).toHaveLength(2);
    expect(await find('And for pupils?', 'What does the course cost for children?')).toEqual([]);
    expect(await find('And what about it?', 'Is there an evening course?')).toEqual([course]);
  });

  it('returns a repeated sentence once', async () => {
    const twice = [{ content: 'The launch is in May.' }, { content: 'The launch is in May.' }];
    expect(await findBestSentences('the launch', twice, 5)).toHaveLength(1);
  });

  it('cuts long sentences, and removes list markers', () => {
    expect(splitSentences('## Plan\n1. first thing\n* second')).toEqual(['Plan', 'first thing', 'second']);
    expect(splitSentences('x'.repeat(5_000))[0]?.length).toBe(600);
  });

  it.each([
    ['planned', 'planning', true],
    ['note', 'notes', true],
    ['not', 'nor', false],
    ['booked', 'book', false],
    ['conversation', 'conversations', true],
    ['international', 'internal', false],
  ])('compares %s with %s: same word %s', (one, other, same) => {
    expect(isSameWord(one, other)).toBe(same);
  });

  // The work is proportional to the words of the question times the sentences, so both are bounded.
  it('uses the 32 longest words of a question', async () => {
    const long = Array.from({ length: 32 }, (_, index) => `${index + 10}abcdefgh`);
    const short = Array.from({ length: 4000 }, (_, index) => `${index}xyz`);
    const sentence = long.join(' ');
    expect(await findBestSentences([...short, ...long].join(' '), [{ content: sentence }], 5)).toHaveLength(
      1,
    );
    expect(
      await findBestSentences([...short, ...long].join(' '), [{ content: short.join('\n') }], 5),
    ).toEqual([]);
  });

  it('considers the first 4000 sentences', async () => {
    const after = (count: number): { content: string }[] => [
      { content: 'It rains.\n'.repeat(count) },
      { content: 'The launch is in May.' },
    ];
    expect(await findBestSentences('the launch', after(3999), 5)).toHaveLength(1);
    expect(await findBestSentences('the launch', after(4000), 5)).toEqual([]);
  });

  it.each([
    ['long question', ['10abc a b c d e f g. '.repeat(1500), 'no match']],
    ['long text', ['10abcdefgh', '10abcdefgh a b c d e. '.repeat(900)]],
  ])('lets other work run many times during a %s', async (_name, [question = '', content = '']) => {
    let turns = 0;
    let finished = false;
    const counting = (async () => {
      for (; !finished; turns += 1) await nextTurn();
    })();
    await findBestSentences(question, [{ content }], 5).finally(() => (finished = true));
    await counting;
    expect(turns).toBeGreaterThan(10);
  });

  it('extracts words of any script', () => {
    expect(extractKeywords('Где находится офис?')).toContain('офис');
    expect(extractKeywords('東京の会議')).toContain('東京');
  });
});
