import type { ModelMessage } from '@/modules/ai/models/language-model.js';
import {
  ProviderFixture,
  generateResult,
  buildModelRequest,
  PROVIDER_KEY,
  type ProviderResult,
  streamResult,
  resultReason,
} from '@test/support/fake-provider/provider-fixture.js';

const MESSAGES: ModelMessage[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'assistant', content: 'Hi.' },
  { role: 'user', content: 'One.' },
  { role: 'user', content: 'Two.' },
  { role: 'assistant', content: ' ' },
  { role: 'system', content: 'Be kind.' },
  { role: 'user', content: 'Three?' },
];

/** The messages as every provider takes them. */
const SENT_MESSAGES = [
  { role: 'system', content: 'Be brief.\n\nBe kind.' },
  { role: 'user', content: '(The conversation begins.)' },
  { role: 'assistant', content: 'Hi.' },
  { role: 'user', content: 'One.\n\nTwo.\n\nThree?' },
];

type ProviderKind = Parameters<typeof ProviderFixture.start>[0];

type RunRequest = typeof streamResult;

let fixture: ProviderFixture;

afterEach(() => fixture.stop());

/** Returns the results for a response with this body and status 200. */
async function resultOfBody(
  kind: ProviderKind,
  raw: string,
  ask: RunRequest = streamResult,
): Promise<ProviderResult> {
  fixture = await ProviderFixture.start(kind);
  fixture.fakeProvider.script({
    raw,
    contentType: raw.startsWith('{') ? 'application/json' : 'text/event-stream',
  });
  return ask(fixture.provider());
}

async function recordedRequest(
  kind: ProviderKind,
  ask: RunRequest,
  maxTokens?: number,
): Promise<(typeof fixture.fakeProvider.requests)[0]> {
  fixture = await ProviderFixture.start(kind);
  await ask(fixture.provider(), buildModelRequest({ messages: MESSAGES, maxTokens }));
  const [request] = fixture.fakeProvider.requests;
  if (!request) throw new Error('nothing was asked');
  return request;
}

const sseBody = (...data: unknown[]): string =>
  data.map((one) => `data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`).join('');

describe("OpenAI's protocol", () => {
  const delta = (content: unknown, rest: object = {}): object => ({
    choices: [{ index: 0, delta: { content }, ...rest }],
  });
  const end = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };

  it('requests a whole answer as documented', async () => {
    const { path, headers, body } = await recordedRequest('openai', generateResult, 50);
    expect(path).toBe('/v1/chat/completions');
    expect(headers).toMatchObject({
      authorization: `Bearer ${PROVIDER_KEY}`,
      'content-type': 'application/json',
    });
    expect(body).toEqual({
      model: 'model-a',
      messages: SENT_MESSAGES,
      stream: false,
      max_completion_tokens: 50,
    });
  });

  it('requests a stream with its usage', async () => {
    const { body } = await recordedRequest('openai', streamResult);
    const options = { stream: true, stream_options: { include_usage: true } };
    expect(body).toEqual({ model: 'model-a', messages: SENT_MESSAGES, ...options });
  });

  it('limits tokens with max_tokens for compatible servers', async () => {
    const { body } = await recordedRequest('openai-compatible', generateResult, 50);
    expect(body).toEqual({ model: 'model-a', messages: SENT_MESSAGES, stream: false, max_tokens: 50 });
  });

  it('sends no authorization without a key', async () => {
    fixture = await ProviderFixture.start('openai-compatible');
    await generateResult(fixture.provider({}, { apiKey: undefined }));
    expect(fixture.fakeProvider.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  it('accepts the deviations of compatible servers', async () => {
    const parts = [
      { type: 'text', text: 'b' },
      { type: 'text', text: 'c' },
    ];
    const other = {
      choices: [
        { index: 1, delta: { content: 'no' } },
        { index: 0, delta: { content: 'd' } },
      ],
    };
    const stream = sseBody(
      { ...delta(null), model: 'real', usage: null, extra: [1] },
      { choices: [{ delta: { content: 'a' } }] },
      ...[delta(parts), other, { choices: [] }, { choices: null }, {}, null, 7],
      delta('e', { finish_reason: '' }),
      { ...end, usage: null },
      { choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } },
    );
    const outcome = await resultOfBody('openai-compatible', `\uFEFF: hello\nretry: 5\n${stream}data: [DONE]`);
    expect(outcome.text).toBe('abcde');
    expect(outcome.end).toMatchObject({ model: 'real', usage: { inputTokens: 3, outputTokens: 4 } });
  });

  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['content_filter', 'content_filter'],
    ['tool_calls', 'stop'],
    ['function_call', 'stop'],
    ['eos_token', 'stop'],
    ['error', 'server_error'],
  ])('maps the finish reason %s to %s', async (finish, reason) => {
    fixture = await ProviderFixture.start('openai');
    fixture.fakeProvider.script({ finish });
    expect(resultReason(await streamResult(fixture.provider()))).toBe(reason);
    expect(resultReason(await generateResult(fixture.provider()))).toBe(reason);
  });

  it.each([
    [{ code: 'rate_limit_exceeded', type: 'tokens' }, 'rate_limited'],
    [{ type: 'insufficient_quota' }, 'unpaid'],
    [{ code: 429 }, 'rate_limited'],
    [{ code: '503' }, 'busy'],
    [{ code: null, type: 'overloaded' }, 'busy'],
    [{ type: 'server_error' }, 'server_error'],
    ['plain words', 'server_error'],
  ])('finds the error %j inside a response with status 200', async (error, reason) => {
    fixture = await ProviderFixture.start('openai');
    fixture.fakeProvider.script({ errorAfter: 2, error });
    expect(resultReason(await streamResult(fixture.provider()))).toBe(reason);
    expect(resultReason(await generateResult(fixture.provider()))).toBe(reason);
  });

  it('finds an unwrapped error, and an error in place of a stream', async () => {
    const error = { object: 'error', message: 'no', code: 503 };
    expect(resultReason(await resultOfBody('openai', sseBody(delta('a'), error)))).toBe('busy');
    await fixture.stop();
    expect(resultReason(await resultOfBody('openai', JSON.stringify({ error: { code: 429 } })))).toBe(
      'rate_limited',
    );
  });

  it('fails when the stream ends without a finish reason', async () => {
    expect(resultReason(await resultOfBody('openai', sseBody(delta('a'), '[DONE]')))).toBe(
      'incomplete_answer',
    );
  });

  it('loses only the usage when the connection breaks after the finish reason', async () => {
    fixture = await ProviderFixture.start('openai');
    fixture.fakeProvider.script({ insert: { after: 0, raw: sseBody(delta('all'), end) }, dropAfter: 1 });
    const outcome = await streamResult(fixture.provider());
    expect([resultReason(outcome), outcome.end?.usage]).toEqual(['stop', null]);
  });

  it('accepts a whole answer from a server that does not stream', async () => {
    const body = { choices: [{ message: { content: 'all of it' }, finish_reason: 'length' }] };
    const outcome = await resultOfBody('openai-compatible', JSON.stringify(body));
    expect([outcome.text, resultReason(outcome)]).toEqual(['all of it', 'length']);
  });

  it('caches the list of models of a compatible server, and a failure for a shorter time', async () => {
    fixture = await ProviderFixture.start('openai-compatible');
    const provider = fixture.provider({}, { models: [] });
    const [first, second] = await Promise.all([provider.models(), provider.models()]);
    expect([first, second]).toEqual([
      ['model-a', 'model-b'],
      ['model-a', 'model-b'],
    ]);
    fixture.fakeProvider.modelListAnswer = { status: 500 };
    expect(await provider.models()).toEqual(first);
    expect(fixture.fakeProvider.requests.map(({ path }) => path)).toEqual(['/v1/models']);
    const other = fixture.provider({}, { models: [] });
    await expect(other.models()).rejects.toMatchObject({ reason: 'server_error' });
    fixture.fakeProvider.modelListAnswer = ['model-c'];
    await expect(other.models()).rejects.toMatchObject({ reason: 'server_error' });
    fixture.clock.advance(10);
    expect(await other.models()).toEqual(['model-c']);
  });

  it('returns configured models without a request', async () => {
    fixture = await ProviderFixture.start('openai');
    expect(await fixture.provider({}, { models: ['x', 'y'] }).models()).toEqual(['x', 'y']);
    expect(fixture.fakeProvider.requests).toEqual([]);
  });
});
