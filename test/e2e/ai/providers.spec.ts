import type { Step } from '@scripts/fake-provider.js';
import { Adapter, answered, KEY, streamed, verdictOf } from '@test/support/fake-provider/provider-fixture.js';

const KINDS = ['openai', 'openai-compatible', 'anthropic', 'google', 'ollama'] as const;

/** What a provider might say in an error; nothing of it may come through. */
const LEAK = `Invalid key ${KEY}, said the provider`;
const refusal = { error: { message: LEAK, type: 'x', code: 'y' } };
const refused = (status: number, headers: Record<string, string> = {}): Step => ({
  ...{ status, headers, body: JSON.stringify(refusal) },
});
const SHORT = { answerMs: 150, stallMs: 60 };

interface Limits {
  answerMs?: number;
  stallMs?: number;
}

interface Fault {
  title: string;
  step: Step;
  whole: string;
  stream: string;
  limits?: Limits;
  /** For the streamed half, where they are others. */
  streamLimits?: Limits;
}

const FAULTS: Fault[] = [
  { title: 'an answer', step: {}, whole: 'stop', stream: 'stop' },
  { title: 'an answer in CRLF lines', step: { crlf: true }, whole: 'stop', stream: 'stop' },
  { title: 'an answer without usage', step: { noUsage: true }, whole: 'stop', stream: 'stop' },
  { title: 'reasoning before the answer', step: { reasoning: 5, delayMs: 1 }, whole: 'stop', stream: 'stop' },
  { title: 'no text at all', step: { text: [] }, whole: 'stop', stream: 'stop' },
  { title: 'an unknown status', step: refused(418), whole: 'request_rejected', stream: 'request_rejected' },
  { title: '400', step: refused(400), whole: 'request_rejected', stream: 'request_rejected' },
  { title: '401', step: refused(401), whole: 'key_rejected', stream: 'key_rejected' },
  { title: '403', step: refused(403), whole: 'key_rejected', stream: 'key_rejected' },
  { title: '404', step: refused(404), whole: 'model_unknown', stream: 'model_unknown' },
  { title: '429', step: refused(429), whole: 'rate_limited', stream: 'rate_limited' },
  { title: '500', step: refused(500), whole: 'server_error', stream: 'server_error' },
  { title: '503', step: refused(503), whole: 'busy', stream: 'busy' },
  { title: '529', step: refused(529), whole: 'busy', stream: 'busy' },
  {
    title: 'a redirect',
    step: refused(302, { location: 'http://127.0.0.1:1/' }),
    ...{ whole: 'server_error', stream: 'server_error' },
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
    ...{ whole: 'incomplete_answer', stream: 'incomplete_answer' },
  },
  {
    title: 'a connection broken after three tokens',
    step: { dropAfter: 3 },
    ...{ whole: 'incomplete_answer', stream: 'incomplete_answer' },
  },
  {
    title: 'a body that ends too early as if all were well',
    step: { truncateAfter: 3 },
    ...{ whole: 'malformed_answer', stream: 'incomplete_answer' },
  },
  {
    title: 'half a JSON value',
    step: { raw: '{"id": "x", "choices": [{"mess' },
    ...{ whole: 'malformed_answer', stream: 'incomplete_answer' },
  },
  {
    title: 'a page of HTML',
    step: { raw: `<html>${LEAK}</html>`, contentType: 'text/html' },
    ...{ whole: 'malformed_answer', stream: 'incomplete_answer' },
  },
  {
    title: 'an empty body',
    step: { raw: '', contentType: 'text/event-stream' },
    ...{ whole: 'malformed_answer', stream: 'incomplete_answer' },
  },
  {
    title: 'JSON without an answer in it',
    step: { raw: '{"hello":"world"}\n' },
    ...{ whole: 'malformed_answer', stream: 'incomplete_answer' },
  },
  {
    title: 'no answer at all',
    step: { silent: true },
    limits: SHORT,
    whole: 'no_answer_in_time',
    stream: 'no_answer_in_time',
  },
  {
    title: 'a head and then nothing',
    step: { stallAfter: 0 },
    limits: SHORT,
    ...{ whole: 'no_answer_in_time', stream: 'no_answer_in_time' },
  },
  {
    title: 'silence after three tokens',
    step: { stallAfter: 3 },
    limits: SHORT,
    streamLimits: { stallMs: 60 },
    ...{ whole: 'no_answer_in_time', stream: 'fell_silent' },
  },
  {
    title: 'nothing but keep-alives',
    step: { pings: 1000, delayMs: 5 },
    limits: {},
    streamLimits: { answerMs: 100 },
    ...{ whole: 'stop', stream: 'no_answer_in_time' },
  },
  {
    title: 'a first byte that is late, but not too late',
    step: { firstByteMs: 400 },
    limits: { stallMs: 300 },
    ...{ whole: 'stop', stream: 'stop' },
  },
  {
    title: 'a streamed answer that takes longer than the limit for its first token',
    step: { tokens: 30, delayMs: 50 },
    limits: { answerMs: 1000, stallMs: 1000 },
    ...{ whole: 'stop', stream: 'stop' },
  },
];

describe.each(KINDS)('The adapter for %s', (kind) => {
  let adapter: Adapter;

  beforeAll(async () => {
    adapter = await Adapter.start(kind);
  });

  afterAll(() => adapter.stop());

  it.each(FAULTS)('makes of $title: $whole, streamed $stream', async ({ step, whole, stream, ...fault }) => {
    adapter.upstream.script(step);
    const { limits, streamLimits = limits } = fault;
    const outcomes = [
      await answered(adapter.provider(limits)),
      await streamed(adapter.provider(streamLimits)),
    ];
    expect(outcomes.map(verdictOf)).toEqual([whole, stream]);
    for (const { error } of outcomes) expect(everythingOf(error)).not.toContain(KEY);
    for (const { error } of outcomes) expect(everythingOf(error)).not.toContain('said the provider');
    await adapter.quiet();
  });

  it('hands over the same text whole and streamed, with the model and the usage', async () => {
    adapter.upstream.script({ text: ['Grüße, ', '世界', ' 👋🏽', '\u0000 "quoted"\n', 'bye'] });
    const provider = adapter.provider();
    for (const outcome of [await answered(provider), await streamed(provider)]) {
      expect(outcome.text).toBe('Grüße, 世界 👋🏽\u0000 "quoted"\nbye');
      expect(outcome.end).toEqual({
        ...{ finishReason: 'stop', model: 'model-a', sources: [] },
        usage: { inputTokens: 7, outputTokens: 5 },
      });
    }
  });

  it('says null where the provider counts nothing', async () => {
    adapter.upstream.script({ noUsage: true });
    expect((await answered(adapter.provider())).end?.usage).toBeNull();
    expect((await streamed(adapter.provider())).end?.usage).toBeNull();
  });

  it('refuses an event that is no JSON', async () => {
    const raw = kind === 'ollama' ? `${LEAK}\n` : `data: ${LEAK}\n\n`;
    adapter.upstream.script({ insert: { after: 1, raw } });
    const outcome = await streamed(adapter.provider());
    expect(verdictOf(outcome)).toBe('malformed_answer');
    expect(everythingOf(outcome.error)).not.toContain(KEY);
  });

  it('keeps what came before a failure', async () => {
    adapter.upstream.script({ text: ['one ', 'two ', 'three ', 'four'], dropAfter: 3 });
    const outcome = await streamed(adapter.provider());
    expect([outcome.text, verdictOf(outcome)]).toEqual(['one two three ', 'incomplete_answer']);
  });

  it('hands over text a packet at a time, in the order it came', async () => {
    adapter.upstream.script({ text: ['a', 'b', 'c'], delayMs: 20 });
    const { parts } = await streamed(adapter.provider());
    expect(parts).toEqual(['a', 'b', 'c']);
  });

  it('is patient while the model reasons, and shows nothing of it', async () => {
    adapter.upstream.script({ reasoning: 10, text: ['done'], delayMs: 50 });
    const { parts } = await streamed(adapter.provider({ answerMs: 400, stallMs: 400 }));
    expect(parts).toEqual(['done']);
  });

  it('decodes characters that are split between packets, raw and escaped', async () => {
    const text = 'é€👋🏽𝄞';
    for (const escaped of [false, true]) {
      adapter.upstream.script({ text: [...text], escaped, split: 1 });
      expect((await streamed(adapter.provider())).text).toBe(text);
      expect((await answered(adapter.provider())).text).toBe(text);
    }
  });

  it('joins a character whose halves came as two tokens, and keeps a half that stays alone', async () => {
    adapter.upstream.script({ text: ['a\ud83d', '\udc4b', ' \udc4b', ' \ud83d'], delayMs: 10 });
    const { parts, text } = await streamed(adapter.provider());
    expect(text).toBe('a👋 \udc4b \ud83d');
    expect(parts.slice(0, 2)).toEqual(['a', '👋']);
  });

  it('refuses a line that never ends, and a body without bounds', async () => {
    adapter.upstream.script({ insert: { after: 1, raw: `data: ${'x'.repeat(1_200_000)}` } });
    expect(verdictOf(await streamed(adapter.provider()))).toBe('malformed_answer');
    adapter.upstream.script({ raw: ' '.repeat(9_000_000) });
    expect(verdictOf(await answered(adapter.provider()))).toBe('malformed_answer');
    await adapter.quiet();
  });

  it('cuts an answer at 400,000 characters, and breaks off the rest', async () => {
    const step: Step = { text: Array.from({ length: 50 }, () => '0123456789'.repeat(1000)) };
    adapter.upstream.script(step);
    const whole = await answered(adapter.provider());
    expect([whole.text.length, verdictOf(whole)]).toEqual([400_000, 'length']);
    adapter.upstream.script({ ...step, stallAfter: 45 });
    const stream = await streamed(adapter.provider());
    expect([stream.text.length, verdictOf(stream)]).toEqual([400_000, 'length']);
    await adapter.quiet();
  });

  it('says how long the provider asked to wait', async () => {
    const soon = new Date(adapter.clock.millis() + 90_000).toUTCString();
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
      adapter.upstream.script(refused(429, headers));
      expect((await answered(adapter.provider())).error).toMatchObject({
        retryAfter: seconds,
        detail: '429',
      });
    }
    adapter.upstream.script(refused(503, { 'retry-after': soon }));
    const { error } = await streamed(adapter.provider());
    expect((error as { retryAfter: number }).retryAfter).toBeGreaterThan(80);
  });
});

/** All that a log might make of an error. */
function everythingOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return [error.message, error.stack, JSON.stringify(error), String(error.cause)].join('\n');
}
