import { findReferredQuestions, toRetrievalQuery } from './follow-up.rules.js';

const FEE = 'How much is the evening course for children under twelve?';

describe('findReferredQuestions', () => {
  it.each([
    'And for adults?',
    'and how long is the waiting list for the morning courses?',
    'What about the morning courses on Saturdays and Sundays?',
    'Und wie viel kostet der Abendkurs für Erwachsene?',
    'When must they pay the whole course fee?',
    'Adults?',
  ])('returns the question before the follow-up %j', (question) => {
    expect(findReferredQuestions(question, [FEE, 'Who painted the chapel?'])).toEqual([FEE]);
  });

  it('returns nothing for a question that stands alone, and for the first one', () => {
    expect(findReferredQuestions('Which documents does the visa application need?', [FEE])).toEqual([]);
    expect(findReferredQuestions('And for adults?', [])).toEqual([]);
  });

  it('goes back to the question that a chain of follow-ups began with', () => {
    expect(findReferredQuestions('And for pensioners?', ['And for adults?', FEE, 'Hours?'])).toEqual([
      'And for adults?',
      FEE,
    ]);
  });

  it('ignores the same question, asked again after a failure', () => {
    expect(findReferredQuestions('And for adults?', ['And for adults?', FEE])).toEqual([FEE]);
  });

  it('looks at four questions', () => {
    const chain = ['And two?', 'And three?', 'And four?', 'And five?', 'And six?'];
    expect(findReferredQuestions('And one?', chain)).toEqual(chain.slice(0, 4));
  });
});

describe('toRetrievalQuery', () => {
  it('joins the questions, the own words first, and cuts them', () => {
    expect(toRetrievalQuery('And for adults?', [FEE])).toBe(`And for adults?\n${FEE}`);
    expect(toRetrievalQuery('Why?', ['x'.repeat(5_000)])).toHaveLength(2_000);
    expect(toRetrievalQuery(`${'x'.repeat(1_999)}😀`, []).isWellFormed()).toBe(true);
  });
});
