import fc from 'fast-check';
import type { ModelMessage } from '../models/language-model.js';
import {
  estimateOutputTokens,
  estimateUsage,
  maxInputTokens,
  startOfNextMonth,
  toMonth,
} from './usage.rules.js';

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
        expect(maxInputTokens(given)).toBeGreaterThanOrEqual(estimateUsage(given, 0).inputTokens);
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
    expect(estimateUsage(given, answer.length)).toEqual({ inputTokens, outputTokens });
    expect(estimateOutputTokens(answer.length)).toBe(outputTokens);
  });

  it('consists of whole numbers that are not negative', () => {
    fc.assert(
      fc.property(messages, content, (given, answer) => {
        for (const tokens of Object.values(estimateUsage(given, answer.length))) {
          expect(Number.isInteger(tokens)).toBe(true);
          expect(tokens).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});

describe('usage months', () => {
  it.each([
    ['2026-11-01T00:00:00.000Z', '2026-11-01', '2026-12-01T00:00:00.000Z'],
    ['2026-11-30T23:59:59.999Z', '2026-11-01', '2026-12-01T00:00:00.000Z'],
    ['2026-12-31T23:59:59.999Z', '2026-12-01', '2027-01-01T00:00:00.000Z'],
    ['2028-02-29T12:00:00.000Z', '2028-02-01', '2028-03-01T00:00:00.000Z'],
    ['2026-01-01T00:30:00+14:00', '2025-12-01', '2026-01-01T00:00:00.000Z'],
  ])('%s is in the month %s, which ends at %s', (instant, month, end) => {
    expect(toMonth(new Date(instant))).toBe(month);
    expect(startOfNextMonth(month).toISOString()).toBe(end);
  });

  it('contain each instant exactly once', () => {
    const instant = fc.date({
      min: new Date('2000-01-01'),
      max: new Date('2099-12-31'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instant, (date) => {
        const month = toMonth(date);
        const end = startOfNextMonth(month);
        expect(new Date(month).getTime()).toBeLessThanOrEqual(date.getTime());
        expect(end.getTime()).toBeGreaterThan(date.getTime());
        expect(toMonth(new Date(end.getTime() - 1))).toBe(month);
        expect(toMonth(end)).not.toBe(month);
      }),
    );
  });
});
