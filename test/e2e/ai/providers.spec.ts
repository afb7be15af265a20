import type { ScriptedAnswer } from '@scripts/fake-provider.js';
import {
  ProviderFixture,
  generateResult,
  PROVIDER_KEY,
  streamResult,
  resultReason,
} from '@test/support/fake-provider/provider-fixture.js';

const KINDS = ['openai', 'openai-compatible', 'anthropic', 'google', 'ollama'] as const;

/** Text of a provider that must not reach a client or a log. */
const SECRET_ERROR_TEXT = `Invalid key ${PROVIDER_KEY}, said the provider`;
const errorBody = { error: { message: SECRET_ERROR_TEXT, type: 'x', code: 'y' } };
const errorStep = (status: number, headers: Record<string, string> = {}): ScriptedAnswer => ({
  status,
  headers,
  body: JSON.stringify(errorBody),
});
const SHORT_LIMITS = { answerMs: 150, stallMs: 60 };

interface Limits {
  answerMs?: number;
  stallMs?: number;
}

interface ProviderBehaviour {
  title: string;
  step: ScriptedAnswer;
  whole: string;
  stream: string;
  limits?: Limits;
  /** For the streamed answer, where they differ. */
  streamLimits?: Limits;
}

const PROVIDER_BEHAVIOURS: ProviderBehaviour[] = [
  { title: 'an answer', step: {}, whole: 'stop', stream: 'stop' },
  { title: 'an answer in CRLF lines', step: { crlf: true }, whole: 'stop', stream: 'stop' },
  { title: 'an answer without usage', step: { noUsage: true }, whole: 'stop', stream: 'stop' },
  { title: 'reasoning before the answer', step: { reasoning: 5, delayMs: 1 }, whole: 'stop', stream: 'stop' },
  { title: 'no text at all', step: { text: [] }, whole: 'empty_answer', stream: 'empty_answer' },
  { title: 'an unknown status', step: errorStep(418), whole: 'request_rejected', stream: 'request_rejected' },
  { title: '400', step: errorStep(400), whole: 'request_rejected', stream: 'request_rejected' },
  { title: '401', step: errorStep(401), whole: 'key_rejected', stream: 'key_rejected' },
  { title: '403', step: errorStep(403), whole: 'key_rejected', stream: 'key_rejected' },
  { title: '404', step: errorStep(404), whole: 'model_unknown', stream: 'model_unknown' },
  { title: '429', step: errorStep(429), whole: 'rate_limited', stream: 'rate_limited' },
  { title: '500', step: errorStep(500), whole: 'server_error', stream: 'server_error' },
  { title: '503', step: errorStep(503), whole: 'busy', stream: 'busy' },
  { title: '529', step: errorStep(529), whole: 'busy', stream: 'busy' },
  {
    title: 'a redirect',
    step: errorStep(302, { location: 'http://127.0.0.1:1/' }),
    whole: 'server_error',
    stream: 'server_error',
  },
  {
    title: 'a connection closed at once',
    step: { hangUp: true },
    whole: 'unreachable',
    stream: 'unreachable',
  },
  {
    title: 'a connection broken before the first token',
    step: { dropAfter: 0 },
    whole: 'incomplete_answer',
    stream: 'incomplete_answer',
  },
  {
    title: 'a connection broken after three tokens',
    step: { dropAfter: 3 },
    whole: 'incomplete_answer',
    stream: 'incomplete_answer',
  },
  {
    title: 'a body that ends too early as if all were well',
    step: { truncateAfter: 3 },
    whole: 'incomplete_answer',
    stream: 'incomplete_answer',
  },
  {
    title: 'half a JSON value',
    step: { raw: '{"id": "x", "choices": [{"mess' },
    whole: 'incomplete_answer',
    stream: 'incomplete_answer',
  },
  {
    title: 'a page of HTML',
    step: { raw: `<html>${SECRET_ERROR_TEXT}</html>`, contentType: 'text/html' },
    whole: 'incomplete_answer',
    stream: 'incomplete_answer',
  },
  {
    title: 'an empty body',
    step: { raw: '', contentType: 'text/event-stream' },
    whole: 'incomplete_answer',
    stream: 'incomplete_answer',
  },
  {
    title: 'JSON without an answer in it',
    step: { raw: '{"hello":"world"}\n' },
    whole: 'incomplete_answer',
    stream: 'incomplete_answer',
  },
  {
    title: 'no answer at all',
    step: { silent: true },
    limits: SHORT_LIMITS,
    whole: 'no_answer_in_time',
    stream: 'no_answer_in_time',
  },
  {
    title: 'a head and then nothing',
    step: { stallAfter: 0 },
    limits: SHORT_LIMITS,
    whole: 'no_answer_in_time',
    stream: 'no_answer_in_time',
  },
  {
    title: 'silence after three tokens',
    step: { stallAfter: 3 },
    limits: SHORT_LIMITS,
    streamLimits: { stallMs: 60 },
    whole: 'no_answer_in_time',
    stream: 'fell_silent',
  },
  {
    title: 'nothing but keep-alives',
    step: { pings: 1000, delayMs: 5 },
    limits: {},
    streamLimits: { answerMs: 100 },
    whole: 'stop',
    stream: 'no_answer_in_time',
  },
  {
    title: 'a first byte that is late, but not too late',
    step: { firstByteMs: 400 },
    limits: { stallMs: 300 },
    whole: 'stop',
    stream: 'stop',
  },
  {
    title: 'a streamed answer that takes longer than the limit for its first token',
    step: { tokens: 30, delayMs: 50 },
    limits: { answerMs: 1000, stallMs: 1000 },
    whole: 'stop',
    stream: 'stop',
  },
];

describe.each(KINDS)('the provider for %s', (kind) => {
  let fixture: ProviderFixture;

  beforeAll(async () => {
    fixture = await ProviderFixture.start(kind);
  });

  afterAll(() => fixture.stop());

  it.each(PROVIDER_BEHAVIOURS)(
    'makes of $title: $whole, streamed $stream',
    async ({ step, whole, stream, ...fault }) => {
      fixture.fakeProvider.script(step);
      const { limits, streamLimits = limits } = fault;
      const outcomes = [
        await generateResult(fixture.provider(limits)),
        await streamResult(fixture.provider(streamLimits)),
      ];
      expect(outcomes.map(resultReason)).toEqual([whole, stream]);
      for (const { error } of outcomes) expect(serializeError(error)).not.toContain(PROVIDER_KEY);
      for (const { error } of outcomes) expect(serializeError(error)).not.toContain('said the provider');
      await fixture.waitForIdle();
    },
  );

  it('returns the same text whole and streamed, with the model and the usage', async () => {
    fixture.fakeProvider.script({ text: ['Grüße, ', '世界', ' 👋🏽', '\u0000 "quoted"\n', 'bye'] });
    const provider = fixture.provider();
    for (const outcome of [await generateResult(provider), await streamResult(provider)]) {
      expect(outcome.text).toBe('Grüße, 世界 👋🏽\u0000 "quoted"\nbye');
      expect(outcome.end).toEqual({
        finishReason: 'stop',
        model: 'model-a',
        sources: [],
        usage: { inputTokens: 7, outputTokens: 5 },
      });
    }
  });

  it('returns null when the provider reports no usage', async () => {
    fixture.fakeProvider.script({ noUsage: true });
    expect((await generateResult(fixture.provider())).end?.usage).toBeNull();
    expect((await streamResult(fixture.provider())).end?.usage).toBeNull();
  });

  it('fails at an event that is not JSON', async () => {
    const raw = kind === 'ollama' ? `${SECRET_ERROR_TEXT}\n` : `data: ${SECRET_ERROR_TEXT}\n\n`;
    fixture.fakeProvider.script({ insert: { after: 1, raw } });
    const outcome = await streamResult(fixture.provider());
    expect(resultReason(outcome)).toBe('malformed_answer');
    expect(serializeError(outcome.error)).not.toContain(PROVIDER_KEY);
  });

  it('passes on the text before a failure', async () => {
    fixture.fakeProvider.script({ text: ['one ', 'two ', 'three ', 'four'], dropAfter: 3 });
    const outcome = await streamResult(fixture.provider());
    expect([outcome.text, resultReason(outcome)]).toEqual(['one two three ', 'incomplete_answer']);
  });

  it('passes on text one packet at a time, in order', async () => {
    fixture.fakeProvider.script({ text: ['a', 'b', 'c'], delayMs: 20 });
    const { chunks: parts } = await streamResult(fixture.provider());
    expect(parts).toEqual(['a', 'b', 'c']);
  });

  it('does not time out while the model reasons, and shows no reasoning', async () => {
    fixture.fakeProvider.script({ reasoning: 10, text: ['done'], delayMs: 50 });
    const { chunks: parts } = await streamResult(fixture.provider({ answerMs: 400, stallMs: 400 }));
    expect(parts).toEqual(['done']);
  });

  it('decodes characters that are split between packets, raw and escaped', async () => {
    const text = 'é€👋🏽𝄞';
    for (const escaped of [false, true]) {
      fixture.fakeProvider.script({ text: [...text], escaped, split: 1 });
      expect((await streamResult(fixture.provider())).text).toBe(text);
      expect((await generateResult(fixture.provider())).text).toBe(text);
    }
  });

  it('joins surrogate pairs that are split between tokens, and keeps a lone half', async () => {
    fixture.fakeProvider.script({ text: ['a\ud83d', '\udc4b', ' \udc4b', ' \ud83d'], delayMs: 10 });
    const { chunks: parts, text } = await streamResult(fixture.provider());
    expect(text).toBe('a👋 \udc4b \ud83d');
    expect(parts.slice(0, 2)).toEqual(['a', '👋']);
  });

  it('fails at an endless line and at an endless body', async () => {
    fixture.fakeProvider.script({ insert: { after: 1, raw: `data: ${'x'.repeat(8_500_000)}` } });
    expect(resultReason(await streamResult(fixture.provider()))).toBe('malformed_answer');
    fixture.fakeProvider.script({ raw: ' '.repeat(9_000_000) });
    expect(resultReason(await generateResult(fixture.provider()))).toBe('malformed_answer');
    await fixture.waitForIdle();
  });

  it('truncates an answer at 400,000 characters, and closes the connection', async () => {
    const step: ScriptedAnswer = { text: Array.from({ length: 50 }, () => '0123456789'.repeat(1000)) };
    fixture.fakeProvider.script(step);
    const whole = await generateResult(fixture.provider());
    expect([whole.text.length, resultReason(whole)]).toEqual([400_000, 'length']);
    fixture.fakeProvider.script({ ...step, stallAfter: 45 });
    const stream = await streamResult(fixture.provider());
    expect([stream.text.length, resultReason(stream)]).toEqual([400_000, 'length']);
    await fixture.waitForIdle();
  });

  it('reports how long the provider asks to wait', async () => {
    const soon = new Date(fixture.clock.millis() + 90_000).toUTCString();
    const asked: [Record<string, string>, unknown][] = [
      [{ 'retry-after': '7' }, 7],
      [{ 'retry-after': '0' }, 0],
      [{ 'retry-after': '99999999' }, 3600],
      [{ 'retry-after': 'soon' }, undefined],
      [{ 'retry-after': '-5' }, undefined],
      [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 2],
      [{}, undefined],
    ];
    for (const [headers, seconds] of asked) {
      fixture.fakeProvider.script(errorStep(429, headers));
      expect((await generateResult(fixture.provider())).error).toMatchObject({
        retryAfter: seconds,
        detail: '429',
      });
    }
    fixture.fakeProvider.script(errorStep(503, { 'retry-after': soon }));
    const { error } = await streamResult(fixture.provider());
    expect((error as { retryAfter: number }).retryAfter).toBeGreaterThan(80);
  });
});

/** Returns everything that a log could contain of an error. */
function serializeError(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return [error.message, error.stack, JSON.stringify(error), String(error.cause)].join('\n');
}
