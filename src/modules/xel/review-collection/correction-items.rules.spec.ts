import type { Correction } from '@/modules/xel/evaluation/evaluation.js';
import {
  correctSentence,
  isCheckable,
  isRightCorrection,
} from '@/modules/xel/reviews/judge-correction.rules.js';
import { MAX_ERRORS_PER_TEXT, toItemErrors } from './correction-items.rules.js';

function correctionOf(
  text: string,
  original: string,
  suggestion: string,
  other: Partial<Correction> = {},
): Correction {
  const start = text.indexOf(original);
  return {
    ruleId: 'rule',
    category: 'grammar',
    explanation: 'Why.',
    original,
    suggestion,
    start,
    end: start + original.length,
    ...other,
  };
}

function occurrenceOf(text: string, correction: Correction, others: Correction[] = []) {
  const [error] = toItemErrors(text, [correction, ...others]);
  if (!error) throw new Error('There is no item.');
  return error.occurrence;
}

describe('the errors of a text', () => {
  it('are shown in their sentence', () => {
    const text = 'I was there. 🎉 The people was friendly. I am agree.';
    const found = occurrenceOf(text, correctionOf(text, 'people was', 'people were'), [
      correctionOf(text, 'am agree', 'agree'),
    ]);
    expect(found).toMatchObject({
      sentence: '🎉 The people was friendly.',
      corrected_sentence: '🎉 The people were friendly.',
    });
    expect(found.sentence.slice(found.error_start, found.error_end)).toBe('people was');
  });

  it('are shown with the words around them in a text without sentences', () => {
    const text = `${'lantern '.repeat(200)}he go home ${'otter '.repeat(200)}`;
    const found = occurrenceOf(text, correctionOf(text, 'go', 'goes'));
    expect(found.sentence).toMatch(/^lantern .* he go home otter .*otter$/);
    expect(found.sentence.length).toBeLessThan(300);
    expect(found.sentence.slice(found.error_start, found.error_end)).toBe('go');
  });

  it('are shown by themselves where nothing can be cut', () => {
    const text = `${'a'.repeat(400)}go${'b'.repeat(400)}`;
    expect(occurrenceOf(text, correctionOf(text, 'go', 'goes'))).toMatchObject({
      sentence: 'go',
      error_start: 0,
      error_end: 2,
    });
  });

  it('are one item when one rule finds the same words, whatever their case', () => {
    const text = 'Informations are good. I like informations, and many  informations.';
    const second = correctionOf(text, 'informations', 'information');
    const others = [correctionOf(text, 'Informations', 'Information'), second];
    expect(toItemErrors(text, others)).toHaveLength(1);
    expect(toItemErrors(text, [...others, { ...second, ruleId: 'other' }])).toHaveLength(2);
    expect(
      toItemErrors(
        text,
        others.map((one) => ({ ...one, category: 'mechanics' as const })),
      ),
    ).toHaveLength(2);
  });

  it('of a model are one item when the suggestion is the same, too', () => {
    const text = 'I have the car and the luck.';
    const [car, luck] = [
      correctionOf(text, 'the', 'a'),
      { ...correctionOf(text, 'the', ''), start: 19, end: 22 },
    ];
    const ofModel = [car, luck].map((one) => ({ ...one, ruleId: 'model_grammar' }));
    expect(
      [toItemErrors(text, [car, luck]), toItemErrors(text, ofModel)].map(({ length }) => length),
    ).toEqual([1, 2]);
  });

  it('are bounded, and have bounded words', () => {
    const text = Array.from({ length: 60 }, (_, index) => `word${index}`).join(' ');
    const corrections = text.split(' ').map((word) => correctionOf(text, word, 'x'));
    expect(toItemErrors(text, corrections)).toHaveLength(MAX_ERRORS_PER_TEXT);
    expect(toItemErrors('x'.repeat(300), [correctionOf('x'.repeat(300), 'x'.repeat(201), 'y')])).toEqual([]);
  });
});

describe('an answer to an error', () => {
  const text = 'Yesterday the people was friendly and I am agree.';
  const error = occurrenceOf(text, correctionOf(text, 'was', 'were'), [
    correctionOf(text, 'am agree', 'agree'),
  ]);

  it.each([
    'were',
    ' Were. ',
    'yesterday the people were friendly and I am agree',
    'Yesterday the people were friendly and I agree.',
  ])('is right as %j', (response) => expect(isRightCorrection(error, response)).toBe(true));

  it.each(['was', 'is', 'where', 'people were', '.', text, `${text} were`])('is wrong as %j', (response) =>
    expect(isRightCorrection(error, response)).toBe(false),
  );

  it('has the sentence with this correction', () => {
    expect(correctSentence(error)).toBe('Yesterday the people were friendly and I am agree.');
  });

  it('is compared exactly when the error is one of apostrophes or capitals', () => {
    const contraction = occurrenceOf(
      'I dont know.',
      correctionOf('I dont know.', 'dont', "don't", { category: 'spelling' }),
    );
    expect(
      ["don't", 'don’t', "Don't", 'dont', 'do not'].map((one) => isRightCorrection(contraction, one)),
    ).toEqual([true, true, true, false, false]);
    const capital = occurrenceOf(
      'i like it.',
      correctionOf('i like it.', 'i', 'I', { category: 'mechanics' }),
    );
    expect(['I', 'i', 'I like it.', 'i like it.'].map((one) => isRightCorrection(capital, one))).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it('cannot be checked without a suggestion', () => {
    expect(isCheckable({ occurrence: error })).toBe(true);
    expect(isCheckable({ occurrence: { suggestion: '' } })).toBe(false);
    expect(isCheckable({ occurrence: null })).toBe(true);
  });
});
