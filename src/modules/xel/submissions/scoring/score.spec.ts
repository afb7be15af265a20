import fc from 'fast-check';
import { Course } from '@/modules/xel/course/course.js';
import type { ContentOf, TaskType } from '@/modules/xel/course/course.schema.js';
import { isSameAnswer, toWords } from './normalize.js';
import { parseResponse } from './response-shape.js';
import { type ClosedContent, isOpen, scoreResponse } from './score.js';
import { toSolution } from './solution.js';
import { alignWords, isTypo } from './word-alignment.js';

const CLOSED = Course.fromFiles()
  .modules.flatMap(({ tasks }) => tasks)
  .flatMap(({ content }): ClosedContent[] => (isOpen(content) ? [] : [content]));

function find<Type extends TaskType>(id: string): ContentOf<Type> & ClosedContent {
  const content = CLOSED.find((candidate) => candidate.id === id);
  if (!content) throw new Error(`There is no task ${id}.`);
  return content as ContentOf<Type> & ClosedContent;
}

describe('toWords', () => {
  it.each([
    ["He's", ['he', "'s"]],
    ['He isn’t', ['he', 'is', 'not']],
    ["They won't, can't and shan't", ['they', 'will', 'not', 'can', 'not', 'and', 'shall', 'not']],
    ['  TWENTY–one!  ', ['twenty', 'one']],
    ['Ｉ ａｍ', ['i', 'am']],
    ['“Yes,” she said.', ['yes', 'she', 'said']],
    ["at 7 o'clock", ['at', 'seven', "o'clock"]],
    ['my favorite color', ['my', 'favourite', 'colour']],
    ['dont', ['do', 'not']],
    ["'s", ["'s"]],
    ['don´t', ['do', 'not']],
    ['...', []],
    ['', []],
  ])('reads %j', (text, words) => {
    expect(toWords(text)).toEqual(words);
  });

  it.each([
    ["He's a teacher", 'He is a teacher', true],
    ["I'd called", 'I had called', true],
    ["I'd call", 'I would call', true],
    ["it's", 'its', false],
    ['constructor', '__proto__', false],
  ])('compares %j and %j: %j', (one, other, same) => {
    expect(isSameAnswer(one, other)).toBe(same);
  });
});

describe('alignWords', () => {
  it.each([
    ['I am here', 'I am here', 1],
    ['I am here', 'I am', 2 / 3],
    ['I am here', 'am I here', 1 / 3],
    ['I am here', 'I am here now', 2 / 3],
    ['We bought some fish', 'We bougth some fish', 1 - 0.25 / 4],
    ['I am here', 'no', 0],
    ['I am here', '', 0],
  ])('of %j and %j', (model, answer, ratio) => {
    expect(alignWords(model, answer).ratio).toBeCloseTo(ratio);
  });

  it.each([
    ['bought', 'bougth', true],
    ['bought', 'brought', true],
    ['swam', 'swim', true],
    ['was', 'wsa', false],
    ['receipt', 'recipe', false],
    ['comfortable', 'confortible', true],
  ])('%j and %j differ by a typo: %j', (one, other, typo) => {
    expect(isTypo(one, other)).toBe(typo);
  });
});

describe('scoreResponse', () => {
  it('scores an ordering by the items that are in the right order', () => {
    const task = find<'ordering'>('a1-introductions-question-order');
    const [where, are, you, from, mark] = toSolution(task).response as [
      string,
      string,
      string,
      string,
      string,
    ];
    const score = (order: string[]): number => scoreResponse(task, order).score;
    expect(score([where, are, you, from, mark])).toBe(100);
    expect(score([where, you, are, from, mark])).toBe(75);
    expect(score([are, you, from, mark, where])).toBe(75);
    expect(score([mark, from, you, are, where])).toBe(0);
    expect(score(['x', 'x', 'x', 'x', 'x'])).toBe(0);
    expect(score([where, where, where, where, where])).toBe(0);
  });

  it('gives half of a gap for a small typo in a long word, and none for another form of a short one', () => {
    const stopped = find<'gap_fill'>('a2-last-weekend-irregular');
    const right = toSolution(stopped).response as string[];
    const withGap = (index: number, text: string): number =>
      scoreResponse(
        stopped,
        right.map((answer, other) => (other === index ? text : answer)),
      ).score;
    expect(withGap(2, 'bougth')).toBe(91);
    expect(withGap(3, 'swim')).toBe(83);
    expect(withGap(2, 'brought')).toBe(83);
  });

  it('tells what is wrong in a dictation, and not what is right', () => {
    const dictation = find<'dictation'>('a2-last-weekend-dictation');
    const { score, feedback } = scoreResponse(
      dictation,
      'We went to the marked and bougth some fish. Then my father cooked diner for the whole.',
    );
    expect(score).toBeGreaterThan(85);
    expect(feedback).toContain('Listen again to: "marked", "bougth", "diner".');
    expect(feedback).toContain('1 of 18 words is missing.');
    expect(feedback).not.toMatch(/market|bought|dinner|family/);
  });

  it('names a known mistake, and a word with a typo', () => {
    const negative = find<'short_answer'>('a2-last-weekend-negative');
    expect(scoreResponse(negative, "they DIDN'T found the keys").feedback).toContain(
      'helping verb already shows',
    );
    expect(scoreResponse(negative, "They didn't fimd the keys.")).toMatchObject({
      score: 95,
      feedback: 'Nearly right. Look at the spelling or the form of: "fimd".',
    });
  });

  const anyResponse = (content: ClosedContent): fc.Arbitrary<string | string[]> => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.constantFrom('is', 'a', "don't", '__proto__'),
    );
    const right = toSolution(content).response;
    if (typeof right === 'string') return text.map((value) => `x${value}`);
    const value = fc.oneof(text, fc.constantFrom(...right));
    return fc.array(value, { minLength: right.length, maxLength: right.length });
  };

  it('is between 0 and 100 for every response, and does not fail', () => {
    const response = fc
      .constantFrom(...CLOSED)
      .chain((content) => fc.tuple(fc.constant(content), anyResponse(content)));
    fc.assert(
      fc.property(response, ([content, given]) => {
        const { score, feedback } = scoreResponse(content, parseResponse(content, given));
        expect(Number.isInteger(score) && score >= 0 && score <= 100).toBe(true);
        expect(feedback.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });

  it('does not change with case, white space and the shape of apostrophes', () => {
    const disguise = fc.constantFrom<(text: string) => string>(
      (text) => text.toUpperCase(),
      (text) => `  ${text}\t`,
      (text) => text.replaceAll("'", '’'),
      (text) => text.replace(/[.,!?]/g, ''),
      (text) => text.replaceAll(' ', '  '),
    );
    const typed = CLOSED.filter(({ type }) => ['gap_fill', 'short_answer', 'dictation'].includes(type));
    fc.assert(
      fc.property(fc.constantFrom(...typed), disguise, ({ ...content }, change) => {
        const { response } = toSolution(content);
        const changed = typeof response === 'string' ? change(response) : response.map(change);
        expect(scoreResponse(content, changed).score).toBe(100);
      }),
      { numRuns: 200 },
    );
  });
});
