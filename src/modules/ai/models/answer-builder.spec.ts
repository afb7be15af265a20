import fc from 'fast-check';
import { AnswerDraft, LONGEST_ANSWER, within } from './answer-builder.js';

describe('AnswerDraft', () => {
  it('loses nothing, whatever halves of characters its tokens end in and whenever somebody takes', () => {
    const unit = fc.integer({ min: 0xd7f0, max: 0xe010 }).map((code) => String.fromCharCode(code));
    const token = fc.tuple(fc.string({ unit, maxLength: 4 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(token), (tokens) => {
        const draft = new AnswerDraft('m');
        let text = '';
        const take = (last: boolean): void => {
          text += draft.take(last);
        };
        for (const [given, taken] of tokens) {
          draft.text(given);
          if (taken) take(false);
        }
        take(true);
        expect(text).toBe(tokens.map(([given]) => given).join(''));
      }),
    );
  });

  it('never shows the half of a pair of which both halves come', () => {
    const character = fc.string({ unit: 'binary', minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(character, (given) => {
        const draft = new AnswerDraft('m');
        for (const half of given.split('')) {
          draft.text(half);
          expect(draft.take(false).isWellFormed()).toBe(true);
        }
      }),
    );
  });

  it('is cut between characters, not within one', () => {
    const long = 'x'.repeat(LONGEST_ANSWER - 1) + '👋 and more';
    const draft = new AnswerDraft('m');
    draft.text(long);
    draft.text('more');
    draft.finish('length');
    expect(draft.take(true)).toBe('x'.repeat(LONGEST_ANSWER - 1));
    expect(draft.end()).toMatchObject({ finishReason: 'length' });
    const answer = { content: long, model: 'm', finishReason: 'stop', usage: null, sources: [] } as const;
    expect(within({ ...answer, sources: [] })).toMatchObject({
      content: 'x'.repeat(LONGEST_ANSWER - 1),
      finishReason: 'length',
    });
  });
});
