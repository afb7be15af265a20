import fc from 'fast-check';
import { MAX_ANSWER_CHARS } from '../models/answer-builder.js';
import type { ModelMessage, Provider } from '../models/language-model.js';
import { ModelFailure, type ReceivedPart } from '../models/model-failure.js';
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
    features: new Set(),
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

  function startCall({ provider, model }: typeof FIRST, text = ''): void {
    trace.recordAttempt({ provider: fakeProvider(provider), model });
    trace.recordText(text);
  }

  function abortCall(call: typeof FIRST, text = '', received?: ReceivedPart): void {
    startCall(call, text);
    const failure = new ModelFailure('fell_silent');
    failure.received = received;
    trace.recordFailure(failure);
  }

  const usage = (outputTokens: number): object => ({ inputTokens: PROMPT_TOKENS, outputTokens });

  it('is empty, and has no usage, before the first text', () => {
    expect(accumulator.setAnsweringModel(FIRST)).toBe(false);
    expect(accumulator).toMatchObject({ content: '', answeringModel: FIRST });
    startCall(FIRST);
    expect(accumulator.callUsage()).toEqual([]);
  });

  it('estimates the usage of the text and the thinking so far', () => {
    startCall(FIRST, 'four5');
    expect(accumulator.callUsage()).toEqual([{ ...FIRST, usage: usage(2) }]);
  });

  it('has the reported usage of a finished answer, else the estimate', () => {
    const reported = { inputTokens: 1, outputTokens: 2 };
    startCall(FIRST, 'four');
    trace.recordAnswer({ model: 'f', usage: reported });
    startCall(SECOND, 'four');
    trace.recordAnswer({ model: 's', usage: null });
    expect(accumulator.callUsage()).toEqual([
      { ...FIRST, usage: reported },
      { ...SECOND, usage: usage(1) },
    ]);
  });

  it('estimates the input of a provider that reports none', () => {
    startCall(FIRST, 'four');
    trace.recordAnswer({ model: 'f', usage: { inputTokens: 0, outputTokens: 7 } });
    expect(accumulator.callUsage()).toEqual([{ ...FIRST, usage: usage(7) }]);
  });

  it('counts an answer that broke off by what has arrived, at least as reported', () => {
    const reported = { inputTokens: 2000, outputTokens: 1 };
    abortCall(FIRST, 'x'.repeat(40), { characters: 40, usage: reported });
    expect(accumulator.callUsage()).toEqual([{ ...FIRST, usage: { inputTokens: 2000, outputTokens: 10 } }]);
  });

  it('discards the text of the previous model', () => {
    accumulator.setAnsweringModel(FIRST);
    accumulator.append('discarded');
    expect(accumulator.setAnsweringModel(SECOND)).toBe(true);
    expect(accumulator.content).toBe('');
    accumulator.append('kept');
    expect(accumulator.content).toBe('kept');
  });

  it('counts each call, also one that was aborted before its first token', () => {
    abortCall(FIRST);
    abortCall(FIRST, 'discarded');
    startCall(SECOND, 'text');
    expect(accumulator.callUsage()).toEqual([
      { ...FIRST, usage: usage(0) },
      { ...FIRST, usage: usage(3) },
      { ...SECOND, usage: usage(1) },
    ]);
  });

  it('counts nothing for the built-in provider', () => {
    abortCall(LOCAL);
    expect(accumulator.callUsage()).toEqual([]);
    startCall(LOCAL, 'quotes');
    const free = { ...LOCAL, usage: { inputTokens: 0, outputTokens: 0 } };
    expect(accumulator.callUsage()).toEqual([free]);
  });

  it('subtracts all usage so far from the limit', () => {
    expect(accumulator.remainingTokens(undefined)).toBeUndefined();
    expect(accumulator.remainingTokens(100)).toBe(100);
    startCall(FIRST, 'x'.repeat(40));
    expect(accumulator.remainingTokens(100)).toBe(80);
    abortCall(SECOND);
    expect(accumulator.remainingTokens(100)).toBe(70);
    expect(accumulator.remainingTokens(50)).toBe(20);
    expect(accumulator.remainingTokens(0)).toBe(-30);
  });

  it('keeps thinking only when it is shown, within the limit of an answer', () => {
    accumulator.appendReasoning('hm');
    expect(accumulator.reasoning).toBeUndefined();
    const shown = new AnswerAccumulator(MESSAGES, trace, true);
    expect(shown.reasoning).toBeUndefined();
    shown.appendReasoning('h\u0000m');
    expect(shown.reasoning).toBe('hm');
    shown.appendReasoning('x'.repeat(MAX_ANSWER_CHARS));
    expect(shown.reasoning?.length).toBeLessThanOrEqual(MAX_ANSWER_CHARS);
    shown.clearReasoning();
    expect(shown.reasoning).toBeUndefined();
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
