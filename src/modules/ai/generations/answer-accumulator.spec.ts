import fc from 'fast-check';
import type { ModelMessage, Provider } from '../models/language-model.js';
import { ModelFailure } from '../models/model-failure.js';
import { RouteTrace } from '../routing/route-trace.js';
import { AnswerAccumulator } from './answer-accumulator.js';

const MESSAGES: ModelMessage[] = [{ role: 'user', content: 'x'.repeat(36) }];
/** The estimated tokens of the prompt. */
const PROMPT_TOKENS = 10;
const FIRST = { provider: 'first', model: 'f' };
const SECOND = { provider: 'second', model: 's' };
const LOCAL = { provider: 'local', model: 'local-extractive' };

function fakeProvider(id: string): Provider {
  return {
    id,
    name: id,
    models: () => Promise.resolve([]),
    generate: () => Promise.reject(new Error('not asked')),
    stream: () => Promise.reject(new Error('not asked')),
  };
}

describe('AnswerAccumulator', () => {
  let trace: RouteTrace;
  let accumulator: AnswerAccumulator;

  beforeEach(() => {
    trace = new RouteTrace({ requestedName: 'auto', isExplicit: false, candidates: [] }, 'ada');
    accumulator = new AnswerAccumulator(MESSAGES, trace);
  });

  function abortCall({ provider, model }: typeof FIRST): void {
    trace.recordAttempt({ provider: fakeProvider(provider), model });
    trace.recordFailure(new ModelFailure('fell_silent'));
  }

  const usage = (outputTokens: number): object => ({ inputTokens: PROMPT_TOKENS, outputTokens });

  it('is empty, and has no usage, before the first text', () => {
    expect(accumulator.setAnsweringModel(FIRST)).toBe(false);
    expect(accumulator).toMatchObject({ content: '', answeringModel: FIRST });
    expect(accumulator.usageSoFar()).toEqual([]);
  });

  it('estimates the usage of the text so far', () => {
    accumulator.setAnsweringModel(FIRST);
    accumulator.append('four');
    accumulator.append('5');
    expect(accumulator.usageSoFar()).toEqual([{ ...FIRST, usage: usage(2) }]);
  });

  it('has the reported usage of a finished answer, else the estimate', () => {
    accumulator.setAnsweringModel(FIRST);
    accumulator.append('four');
    const reported = { inputTokens: 1, outputTokens: 2 };
    expect(accumulator.finalUsage(FIRST, reported)).toEqual([{ ...FIRST, usage: reported }]);
    expect(accumulator.finalUsage(FIRST, null)).toEqual([{ ...FIRST, usage: usage(1) }]);
  });

  it('discards the text of the previous model, and still counts it', () => {
    accumulator.setAnsweringModel(FIRST);
    accumulator.append('discarded');
    expect(accumulator.setAnsweringModel(SECOND)).toBe(true);
    expect(accumulator.content).toBe('');
    accumulator.append('kept');
    expect(accumulator.content).toBe('kept');
    expect(accumulator.finalUsage(SECOND, null)).toEqual([
      { ...FIRST, usage: usage(3) },
      { ...SECOND, usage: usage(1) },
    ]);
  });

  it('counts the prompt of a provider that was aborted before its first token', () => {
    abortCall(FIRST);
    accumulator.setAnsweringModel(SECOND);
    accumulator.append('text');
    expect(accumulator.usageSoFar()).toEqual([
      { ...FIRST, usage: usage(0) },
      { ...SECOND, usage: usage(1) },
    ]);
  });

  it('counts a provider once that was aborted after its first token', () => {
    accumulator.setAnsweringModel(FIRST);
    accumulator.append('text');
    abortCall(FIRST);
    expect(accumulator.usageSoFar()).toEqual([{ ...FIRST, usage: usage(1) }]);
    accumulator.setAnsweringModel(SECOND);
    expect(accumulator.usageSoFar()).toEqual([{ ...FIRST, usage: usage(1) }]);
  });

  it('counts nothing for the built-in provider', () => {
    abortCall(LOCAL);
    expect(accumulator.usageSoFar()).toEqual([]);
    accumulator.setAnsweringModel(LOCAL);
    accumulator.append('quotes');
    const free = { ...LOCAL, usage: { inputTokens: 0, outputTokens: 0 } };
    expect(accumulator.usageSoFar()).toEqual([free]);
    expect(accumulator.finalUsage(LOCAL, null)).toEqual([free]);
  });

  it('subtracts all usage so far from the limit', () => {
    expect(accumulator.remainingTokens(undefined)).toBeUndefined();
    expect(accumulator.remainingTokens(100)).toBe(100);
    accumulator.setAnsweringModel(FIRST);
    accumulator.append('x'.repeat(40));
    expect(accumulator.remainingTokens(100)).toBe(80);
    accumulator.setAnsweringModel(SECOND);
    expect(accumulator.remainingTokens(100)).toBe(80);
    abortCall(SECOND);
    expect(accumulator.remainingTokens(100)).toBe(70);
    expect(accumulator.remainingTokens(50)).toBe(20);
    expect(accumulator.remainingTokens(0)).toBe(-30);
  });

  it('returns and keeps the same storable text, for any text', () => {
    const unit = fc.constantFrom('a', '\u0000', '\ud800', '\udc00', '👋', '\n');
    fc.assert(
      fc.property(fc.array(fc.string({ unit, maxLength: 5 })), (texts) => {
        const tested = new AnswerAccumulator([], trace);
        const shown = texts.map((text) => tested.append(text)).join('');
        expect(tested.content).toBe(shown);
        expect(shown.isWellFormed()).toBe(true);
        expect(shown).not.toContain('\u0000');
      }),
    );
  });
});
