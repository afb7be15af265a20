import type { Provider } from '../models/language-model.js';
import { type FailureReason, ModelFailure } from '../models/model-failure.js';
import type { Candidate } from './route-planner.js';
import { RouteTrace } from './route-trace.js';

function candidate(id: string, model?: string): Candidate {
  const provider: Provider = {
    id,
    name: id,
    features: new Set(),
    models: () => Promise.resolve([]),
    generate: () => Promise.reject(new Error('not asked')),
    stream: () => Promise.reject(new Error('not asked')),
  };
  return { provider, model };
}

describe('RouteTrace', () => {
  const [first, second] = [candidate('first'), candidate('second', 's-1')];
  let trace: RouteTrace;

  beforeEach(() => {
    trace = new RouteTrace({ requestedName: 'auto', isExplicit: false, candidates: [first, second] }, 'ada');
  });

  it('is empty before the first attempt', () => {
    expect(trace).toMatchObject({
      steps: [],
      attempts: 0,
      reasons: [],
      billedCalls: [],
      lastFailure: undefined,
    });
  });

  it('ignores outcomes before the first attempt', () => {
    trace.setModel('m');
    trace.recordAnswer({ model: 'm', usage: null });
    trace.recordFailure(new ModelFailure('busy'));
    trace.recordAbort();
    expect(trace.steps).toEqual([]);
    expect(trace.billedCalls).toEqual([]);
  });

  it('has one step for all attempts of a provider', () => {
    for (const reason of ['busy', 'server_error'] as const) {
      trace.recordAttempt(first);
      trace.setModel('f-1');
      trace.recordFailure(new ModelFailure(reason));
    }
    expect(trace.attempts).toBe(2);
    trace.recordAttempt(second);
    trace.recordAnswer({ model: 's-1-real', usage: null });
    expect(trace.attempts).toBe(1);
    expect(trace.steps).toEqual([
      {
        provider: 'first',
        model: 'f-1',
        outcome: 'failed',
        attempts: 2,
        reason: 'It failed with a server error.',
      },
      { provider: 'second', model: 's-1-real', outcome: 'answered', attempts: 1, reason: null },
    ]);
    expect(trace.lastFailure?.reason).toBe('server_error');
  });

  it('clears the reason of a provider that answers after a failure', () => {
    trace.recordAttempt(first);
    trace.recordFailure(new ModelFailure('busy'));
    trace.recordAttempt(first);
    trace.recordAnswer({ model: 'f-1', usage: null });
    expect(trace.steps).toEqual([
      { provider: 'first', model: 'f-1', outcome: 'answered', attempts: 2, reason: null },
    ]);
  });

  it('records skipped providers without an attempt', () => {
    trace.recordSkip(first, 'Why.');
    trace.recordSkip(second, 'Also.');
    expect(trace.steps).toEqual([
      { provider: 'first', model: null, outcome: 'skipped', attempts: 0, reason: 'Why.' },
      { provider: 'second', model: 's-1', outcome: 'skipped', attempts: 0, reason: 'Also.' },
    ]);
    expect(trace.reasons).toEqual([
      { provider: 'first', reason: 'Why.' },
      { provider: 'second', reason: 'Also.' },
    ]);
    expect(trace.attempts).toBe(0);
  });

  it.each([
    ['no_answer_in_time', true],
    ['fell_silent', true],
    ['incomplete_answer', true],
    ['empty_answer', true],
    ['prompt_too_long', false],
    ['busy', false],
    ['server_error', false],
    ['malformed_answer', false],
    ['unreachable', false],
  ] as [FailureReason, boolean][])('after %s counts the prompt as billed: %s', (reason, billed) => {
    trace.recordAttempt(first);
    trace.setModel('f-1');
    trace.recordFailure(new ModelFailure(reason));
    const call = { provider: 'first', model: 'f-1', characters: 0, usage: null };
    expect(trace.billedCalls).toMatchObject(billed ? [call] : []);
  });

  it('records an abort, and no call when the model was not known yet', () => {
    trace.recordAttempt(first);
    trace.recordAbort();
    expect(trace.billedCalls).toEqual([]);
    trace.setModel('f-1');
    trace.recordAbort();
    expect(trace.billedCalls).toMatchObject([{ provider: 'first', model: 'f-1' }]);
    expect(trace.steps[0]).toMatchObject({ outcome: 'stopped', reason: null });
  });
});
