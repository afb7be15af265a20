import fc from 'fast-check';
import { MAX_ANSWER_CHARS } from '../models/answer-builder.js';
import { ReasoningStream } from './reasoning-stream.js';

const sendAll = (stream: ReasoningStream, texts: readonly string[]): string[] =>
  texts.map((text) => stream.append(text));

describe('ReasoningStream', () => {
  it('sends well-formed parts of the whole thinking, however it is divided', () => {
    const texts = fc.array(fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(texts, (parts) => {
        const whole = parts.join('').replaceAll('\0', '');
        const sent = sendAll(new ReasoningStream(), whole.split(''));
        expect(sent.join('')).toBe(whole);
        expect(sent.every((part) => part.isWellFormed())).toBe(true);
      }),
    );
  });

  it('separates the thinking of a further attempt, and drops the half of a character before it', () => {
    const stream = new ReasoningStream();
    stream.startAttempt();
    const sent = sendAll(stream, ['One', '\ud83d']);
    stream.startAttempt();
    expect([...sent, ...sendAll(stream, ['Two', '.'])]).toEqual(['One', '', '\n\nTwo', '.']);
  });

  it('sends as much as an answer can have', () => {
    const sent = sendAll(new ReasoningStream(), Array<string>(5).fill('x'.repeat(100_001)));
    expect(sent.join('')).toHaveLength(MAX_ANSWER_CHARS);
  });
});
