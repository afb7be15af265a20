import fc from 'fast-check';
import { AnswerBuilder, MAX_ANSWER_CHARS, truncateAnswer } from './answer-builder.js';

describe('AnswerDraft', () => {
  it('loses nothing, whatever halves of characters its tokens end in and whenever somebody takes', () => {
    const unit = fc.integer({ min: 0xd7f0, max: 0xe010 }).map((code) => String.fromCharCode(code));
    const token = fc.tuple(fc.string({ unit, maxLength: 4 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(token), (tokens) => {
        const draft = new AnswerBuilder('m');
        let text = '';
        const take = (last: boolean): void => {
          text += draft.drainText(last);
        };
        for (const [given, taken] of tokens) {
          draft.appendText(given);
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
        const draft = new AnswerBuilder('m');
        for (const half of given.split('')) {
          draft.appendText(half);
          expect(draft.drainText(false).isWellFormed()).toBe(true);
        }
      }),
    );
  });

  it('is cut between characters, not within one', () => {
    const long = 'x'.repeat(MAX_ANSWER_CHARS - 1) + '👋 and more';
    const draft = new AnswerBuilder('m');
    draft.appendText(long);
    draft.appendText('more');
    draft.finish('length');
    expect(draft.drainText(true)).toBe('x'.repeat(MAX_ANSWER_CHARS - 1));
    expect(draft.toMetadata()).toMatchObject({ finishReason: 'length' });
    const answer = { content: long, model: 'm', finishReason: 'stop', usage: null, sources: [] } as const;
    expect(truncateAnswer({ ...answer, sources: [] })).toMatchObject({
      content: 'x'.repeat(MAX_ANSWER_CHARS - 1),
      finishReason: 'length',
    });
  });
});
