import fc from 'fast-check';
import type { ModelMessage } from '../models/language-model.js';
import { estimateOutputTokens, estimateUsage, maxInputTokens } from './token-estimates.js';

const user = (content: string): ModelMessage => ({ role: 'user', content });
const content = fc.string({ unit: 'binary', maxLength: 50 });
const messages = fc.array(content.map(user), { maxLength: 10 });

describe('maxInputTokens', () => {
  it.each([
    [[], 16],
    [[user('')], 24],
    [[user('abc')], 27],
    [[user('é')], 26],
    [[user('👋')], 28],
    [[user('a'), user('b')], 34],
  ])('of %j is %d', (given, tokens) => {
    expect(maxInputTokens(given)).toBe(tokens);
  });

  it('is never less than the estimate', () => {
    fc.assert(
      fc.property(messages, (given) => {
        expect(maxInputTokens(given)).toBeGreaterThanOrEqual(estimateUsage(given, '').inputTokens);
      }),
    );
  });

  it('grows with every further message', () => {
    fc.assert(
      fc.property(messages, content, (given, more) => {
        expect(maxInputTokens([...given, user(more)])).toBeGreaterThan(maxInputTokens(given));
      }),
    );
  });
});

describe('estimateUsage', () => {
  it.each([
    [[], '', 0, 0],
    [[user('')], '', 1, 0],
    [[user('abcd')], 'a', 2, 1],
    [[user('abcde')], 'abcd', 3, 1],
    [[user('ab'), user('cd')], 'abcde', 3, 2],
  ])('of %j with the answer %j is %d and %d', (given, answer, inputTokens, outputTokens) => {
    expect(estimateUsage(given, answer)).toEqual({ inputTokens, outputTokens });
    expect(estimateOutputTokens(answer)).toBe(outputTokens);
  });

  it('consists of whole numbers that are not negative', () => {
    fc.assert(
      fc.property(messages, content, (given, answer) => {
        for (const tokens of Object.values(estimateUsage(given, answer))) {
          expect(Number.isInteger(tokens)).toBe(true);
          expect(tokens).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});
