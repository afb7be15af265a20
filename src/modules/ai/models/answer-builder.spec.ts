import fc from 'fast-check';
import { AnswerBuilder, MAX_ANSWER_CHARS } from './answer-builder.js';

describe('AnswerBuilder', () => {
  it('loses no text, wherever tokens split surrogate pairs and whenever the text is drained', () => {
    const unit = fc.integer({ min: 0xd7f0, max: 0xe010 }).map((code) => String.fromCharCode(code));
    const token = fc.tuple(fc.string({ unit, maxLength: 4 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(token), (tokens) => {
        const builder = new AnswerBuilder('m');
        let text = '';
        const drain = (isLast: boolean): void => {
          text += builder.drainText(isLast);
        };
        for (const [given, drained] of tokens) {
          builder.appendText(given);
          if (drained) drain(false);
        }
        drain(true);
        expect(text).toBe(tokens.map(([given]) => given).join(''));
      }),
    );
  });

  it('never returns half of a surrogate pair whose other half follows', () => {
    const character = fc.string({ unit: 'binary', minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(character, (given) => {
        const builder = new AnswerBuilder('m');
        for (const half of given.split('')) {
          builder.appendText(half);
          expect(builder.drainText(false).isWellFormed()).toBe(true);
        }
      }),
    );
  });

  it('truncates between characters, not inside one', () => {
    const long = 'x'.repeat(MAX_ANSWER_CHARS - 1) + '👋 and more';
    const builder = new AnswerBuilder('m');
    builder.appendText(long);
    builder.appendText('more');
    builder.finish('length');
    expect(builder.drainText(true)).toBe('x'.repeat(MAX_ANSWER_CHARS - 1));
    expect(builder.toMetadata()).toMatchObject({ finishReason: 'length' });
  });

  it('keeps an answer of exactly the maximum length', () => {
    const builder = new AnswerBuilder('m');
    builder.appendText('x'.repeat(MAX_ANSWER_CHARS));
    expect(builder).toMatchObject({ isTruncated: false, isClosed: false });
    builder.appendText('');
    expect(builder.isTruncated).toBe(false);
    builder.appendText('y');
    expect(builder).toMatchObject({
      isTruncated: true,
      isClosed: true,
      isComplete: true,
      finishReason: 'length',
    });
    expect(builder.drainText(true)).toHaveLength(MAX_ANSWER_CHARS);
  });

  it('reports progress once for each text or thinking since the last call', () => {
    const builder = new AnswerBuilder('m');
    expect(builder.consumeProgress()).toBe(false);
    builder.appendText('');
    expect(builder.consumeProgress()).toBe(false);
    builder.appendText('a');
    builder.appendReasoning('hm');
    expect([builder.consumeProgress(), builder.consumeProgress()]).toEqual([true, false]);
    builder.appendReasoning('hm');
    expect(builder.consumeProgress()).toBe(true);
  });

  it('keeps the last usable name of the model', () => {
    const builder = new AnswerBuilder('requested');
    for (const name of [undefined, null, 5, '', '\u0000']) builder.setModel(name);
    expect(builder.model).toBe('requested');
    builder.setModel('real');
    builder.setModel('real');
    builder.setModel(undefined);
    expect(builder.model).toBe('real');
  });

  it('has the metadata of an answer without a finish reason and usage', () => {
    expect(new AnswerBuilder('m').toMetadata()).toEqual({
      model: 'm',
      usage: null,
      finishReason: 'stop',
      sources: [],
    });
  });
});
