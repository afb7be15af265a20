import { Metrics } from '@/platform/health/index.js';
import type { UnitOfWork } from '@/platform/persistence/index.js';
import { MemoryLog } from '@test/support/app/memory-log.js';
import { TestClock } from '@test/support/app/test-clock.js';
import type { AnswerListener, ModelAnswer, ModelRequest, Provider } from '../models/language-model.js';
import { type FailureReason, ModelFailure } from '../models/model-failure.js';
import { CircuitBreakers } from '../providers/circuit-breakers.js';
import { AttemptRecorder } from './attempt-recorder.js';
import { CandidatePolicy } from './candidate-policy.js';
import { ModelCallMetrics } from './model-call-metrics.js';
import { ModelRouter, type PromptRequest } from './model-router.js';
import { RouteTrace } from './route-trace.js';

/** One attempt: the text of an answer, or a failure after some text. */
type Step = string | { text?: string; failure: Error };

/** Plays one step for each attempt; the last one stays. */
class ScriptedProvider implements Provider {
  readonly name = 'Scripted';
  readonly requests: ModelRequest[] = [];
  readonly features = new Set<never>();
  modelNames: readonly string[];

  constructor(
    readonly id: string,
    private readonly steps: Step[],
  ) {
    this.modelNames = [`${id}-default`];
  }

  models(): Promise<readonly string[]> {
    return Promise.resolve(this.modelNames);
  }

  async generate(request: ModelRequest): Promise<ModelAnswer> {
    let content = '';
    const listener: AnswerListener = { onText: (text) => (content += text) };
    const metadata = await this.stream(request, new AbortController().signal, listener);
    return { ...metadata, content };
  }

  stream(request: ModelRequest, _: AbortSignal, { onText }: AnswerListener): ReturnType<Provider['stream']> {
    this.requests.push(request);
    const step = (this.steps.length > 1 ? this.steps.shift() : this.steps[0]) ?? '';
    const text = typeof step === 'string' ? step : step.text;
    if (text) onText(text);
    if (typeof step !== 'string') return Promise.reject(step.failure);
    return Promise.resolve({
      model: `${request.model}-real`,
      finishReason: 'stop',
      usage: null,
      sources: [],
    });
  }
}

const fails = (reason: FailureReason, text?: string, retryAfter?: number): Step => ({
  ...(text === undefined ? {} : { text }),
  failure: new ModelFailure(reason, retryAfter),
});

const PROMPT: PromptRequest = {
  messages: [{ role: 'user', content: 'Hi' }],
  remainingTokens: () => undefined,
  requester: {
    userId: 'ada',
    organizationId: null,
    keyId: null,
    hasSecondFactor: false,
    conversationId: null,
  },
};

describe('ModelRouter', () => {
  let circuitBreakers: CircuitBreakers;
  let router: ModelRouter;
  let abortController: AbortController;
  let trace: RouteTrace;

  beforeEach(() => {
    const clock = new TestClock();
    clock.freeze();
    circuitBreakers = new CircuitBreakers(clock);
    const unitOfWork = { assertNoTransaction: () => undefined } as Partial<UnitOfWork> as UnitOfWork;
    const metrics = new ModelCallMetrics(new Metrics());
    const recorder = new AttemptRecorder(circuitBreakers, new MemoryLog());
    router = new ModelRouter(new CandidatePolicy(circuitBreakers), recorder, unitOfWork, metrics);
    abortController = new AbortController();
  });

  function plan(providers: Provider[], isExplicit = false, model?: string): void {
    const candidates = providers.map((provider) => ({ provider, model }));
    trace = new RouteTrace({ requestedName: isExplicit ? 'named' : 'auto', isExplicit, candidates }, 'ada');
  }

  const generate = (prompt = PROMPT): Promise<{ provider: string; answer: ModelAnswer }> =>
    router.generate(trace, prompt, abortController.signal);

  /** Streams, and returns what a listener is left with. */
  async function stream(prompt = PROMPT): Promise<{ events: string[]; provider: string }> {
    const events: string[] = [];
    const { provider } = await router.stream(trace, prompt, abortController.signal, {
      onStart: (id, model) => events.push(`start ${id} ${model}`),
      onText: (text) => events.push(text),
    });
    return { events, provider };
  }

  const outcomes = (): unknown[] =>
    trace.steps.map(({ provider, outcome, attempts }) => [provider, outcome, attempts]);

  it('asks the first candidate, with its default model', async () => {
    const [first, second] = [new ScriptedProvider('first', ['Hello.']), new ScriptedProvider('second', [''])];
    plan([first, second]);
    expect(await generate()).toMatchObject({
      provider: 'first',
      answer: { content: 'Hello.', model: 'first-default-real' },
    });
    expect(first.requests).toMatchObject([{ model: 'first-default', messages: PROMPT.messages }]);
    expect(second.requests).toEqual([]);
  });

  it('retries a candidate once, then asks the next one', async () => {
    const first = new ScriptedProvider('first', [fails('server_error')]);
    plan([first, new ScriptedProvider('second', ['Hello.'])]);
    expect((await generate()).provider).toBe('second');
    expect(outcomes()).toEqual([
      ['first', 'failed', 2],
      ['second', 'answered', 1],
    ]);
  });

  it.each(['key_rejected', 'request_rejected', 'no_answer_in_time'] as const)(
    'does not retry after %s',
    async (reason) => {
      plan([new ScriptedProvider('first', [fails(reason)]), new ScriptedProvider('second', ['Hello.'])]);
      await generate();
      expect(outcomes()).toEqual([
        ['first', 'failed', 1],
        ['second', 'answered', 1],
      ]);
    },
  );

  it('throws ai_unavailable with every reason when all candidates of auto fail', async () => {
    plan([
      new ScriptedProvider('a', [fails('key_rejected')]),
      new ScriptedProvider('b', [fails('rate_limited')]),
    ]);
    await expect(generate()).rejects.toMatchObject({
      code: 'ai_unavailable',
      detail: {
        providers: [
          { provider: 'a', reason: 'It rejected its API key.' },
          { provider: 'b', reason: 'Its rate limit is reached.' },
        ],
      },
    });
  });

  it.each([
    ['key_rejected', 'provider_failed'],
    ['malformed_answer', 'provider_failed'],
    ['rate_limited', 'ai_unavailable'],
    ['no_answer_in_time', 'provider_timeout'],
  ] as const)('after %s of a named provider throws %s', async (reason, code) => {
    plan([new ScriptedProvider('named', [fails(reason)])], true);
    await expect(generate()).rejects.toMatchObject({ code });
  });

  it('throws the wait that a named provider asks for', async () => {
    plan([new ScriptedProvider('named', [fails('rate_limited', undefined, 40)])], true);
    await expect(generate()).rejects.toMatchObject({ retryAfter: 40 });
  });

  it('streams the start before the text, once for an attempt that is retried before its first token', async () => {
    plan([new ScriptedProvider('first', [fails('busy'), 'Hello.'])]);
    expect(await stream()).toEqual({ events: ['start first first-default', 'Hello.'], provider: 'first' });
  });

  it('does not retry a provider that has sent text, but restarts with the next one', async () => {
    plan([
      new ScriptedProvider('first', [fails('incomplete_answer', 'Hel'), 'not asked']),
      new ScriptedProvider('second', ['Hello.']),
    ]);
    expect((await stream()).events).toEqual([
      'start first first-default',
      'Hel',
      'start second second-default',
      'Hello.',
    ]);
    expect(outcomes()).toEqual([
      ['first', 'failed', 1],
      ['second', 'answered', 1],
    ]);
  });

  it('streams the start of an empty answer', async () => {
    plan([new ScriptedProvider('first', [''])]);
    expect((await stream()).events).toEqual(['start first first-default']);
  });

  it('throws the error of an abort unchanged, and asks no other provider', async () => {
    const second = new ScriptedProvider('second', ['Hello.']);
    const reason = new Error('stopped');
    plan([new ScriptedProvider('first', [{ failure: reason }]), second]);
    abortController.abort(reason);
    await expect(generate()).rejects.toBe(reason);
    expect(second.requests).toEqual([]);
    expect(trace.billedCalls).toMatchObject([{ provider: 'first', model: 'first-default', usage: null }]);
    expect(circuitBreakers.lastFailure('first', 'ada')).toBeUndefined();
  });

  it('sends at most eight requests for one question, and four of them to one provider', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    plan(names.map((name) => new ScriptedProvider(name, [fails('server_error')])));
    await expect(generate()).rejects.toMatchObject({ code: 'ai_unavailable' });
    expect(outcomes()).toEqual([
      ...['a', 'b', 'c', 'd'].map((name) => [name, 'failed', 2]),
      ['e', 'skipped', 0],
    ]);
  });

  it('counts the requests that a provider repeats', async () => {
    const allowed: boolean[] = [];
    const first = new ScriptedProvider('first', [fails('busy')]);
    jest.spyOn(first, 'generate').mockImplementation((request) => {
      while (allowed.at(-1) !== false) allowed.push(request.takeRepeat?.() ?? false);
      return Promise.reject(new ModelFailure('request_rejected'));
    });
    plan([first, new ScriptedProvider('second', ['Hello.'])]);
    await generate();
    expect(allowed).toEqual([true, true, true, false]);
    expect(outcomes()).toEqual([
      ['first', 'failed', 4],
      ['second', 'answered', 1],
    ]);
  });

  it('throws an error that is no failure of a model, such as a bug', async () => {
    const bug = new TypeError('bug');
    plan([new ScriptedProvider('first', [{ failure: bug }]), new ScriptedProvider('second', ['Hello.'])]);
    await expect(generate()).rejects.toBe(bug);
  });

  it('skips a provider with an open circuit, and says so', async () => {
    for (let time = 0; time < 3; time += 1)
      circuitBreakers.recordFailure('first', 'ada', new ModelFailure('server_error'));
    const first = new ScriptedProvider('first', ['Hello.']);
    plan([first, new ScriptedProvider('second', ['Hello.'])]);
    expect((await generate()).provider).toBe('second');
    expect(trace.steps[0]).toMatchObject({
      outcome: 'skipped',
      reason: 'It failed with a server error. It is skipped for a while because of recent failures.',
    });
    plan([first], true);
    expect((await generate()).provider).toBe('first');
  });

  it('throws the remaining time of open circuits, at most five minutes', async () => {
    circuitBreakers.recordFailure('first', 'ada', new ModelFailure('rate_limited', 3600));
    plan([new ScriptedProvider('first', ['Hello.'])]);
    await expect(generate()).rejects.toMatchObject({ code: 'ai_unavailable', retryAfter: 300 });
  });

  it('opens no circuit for a failure of an explicitly chosen model', async () => {
    plan([new ScriptedProvider('first', [fails('key_rejected')])], true, 'chosen');
    for (let time = 0; time < 3; time += 1) await expect(generate()).rejects.toThrow();
    expect(circuitBreakers.allowsRequest('first', 'ada')).toBe(true);
    plan([new ScriptedProvider('first', [fails('server_error')])], true, 'chosen');
    await expect(generate()).rejects.toThrow();
    await expect(generate()).rejects.toThrow();
    expect(circuitBreakers.allowsRequest('first', 'ada')).toBe(false);
  });

  it('fails with model_unknown when a provider offers no model', async () => {
    const first = new ScriptedProvider('first', ['Hello.']);
    first.modelNames = [];
    plan([first]);
    await expect(generate()).rejects.toMatchObject({ code: 'ai_unavailable' });
    expect(trace.lastFailure?.reason).toBe('model_unknown');
    expect(first.requests).toEqual([]);
  });

  it('passes on the remaining tokens, and asks no provider with too few but the built-in one', async () => {
    const [first, local] = [
      new ScriptedProvider('first', ['Hello.']),
      new ScriptedProvider('local', ['Quotes.']),
    ];
    plan([first, local]);
    await generate({ ...PROMPT, remainingTokens: () => 16 });
    expect(first.requests).toMatchObject([{ maxTokens: 16 }]);
    plan([first, local]);
    expect((await generate({ ...PROMPT, remainingTokens: () => 15 })).provider).toBe('local');
    expect(trace.steps[0]).toMatchObject({ outcome: 'skipped', reason: 'No tokens are left for it.' });
    plan([first]);
    await generate();
    expect(first.requests.at(-1)).not.toHaveProperty('maxTokens');
  });
});
