import type { ModelMessage } from '@/modules/ai/models/language-model.js';
import {
  ProviderFixture,
  generateResult,
  buildModelRequest,
  PROVIDER_KEY,
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
const PLACEHOLDER_MESSAGE = '(The conversation begins.)';

let fixture: ProviderFixture;

afterEach(() => fixture.stop());

/** Returns the results of a whole and a streamed answer. */
async function resultReasons(): Promise<string[]> {
  const provider = fixture.provider();
  return [await generateResult(provider), await streamResult(provider)].map(resultReason);
}

describe("Anthropic's protocol", () => {
  beforeEach(async () => {
    fixture = await ProviderFixture.start('anthropic');
  });

  it('sends alternating turns, the user first, and the system message separately', async () => {
    await generateResult(fixture.provider(), buildModelRequest({ messages: MESSAGES, maxTokens: 9 }));
    await streamResult(fixture.provider({}, { baseUrl: `${fixture.fakeProvider.url}/v1/` }));
    const [whole, stream] = fixture.fakeProvider.requests;
    expect(whole?.headers).toMatchObject({ 'x-api-key': PROVIDER_KEY, 'anthropic-version': '2023-06-01' });
    expect(whole?.body).toEqual({
      model: 'model-a',
      max_tokens: 9,
      stream: false,
      system: 'Be brief.\n\nBe kind.',
      messages: [
        { role: 'user', content: PLACEHOLDER_MESSAGE },
        { role: 'assistant', content: 'Hi.' },
        { role: 'user', content: 'One.\n\nTwo.\n\nThree?' },
      ],
    });
    expect(stream?.body).toMatchObject({ max_tokens: 8192, stream: true });
    expect(stream?.body).not.toHaveProperty('system');
    expect([whole?.path, stream?.path]).toEqual(['/v1/messages', '/v1/messages']);
  });

  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['refusal', 'content_filter'],
    ['something_new', 'incomplete_answer'],
  ])('maps the finish reason %s to %s', async (finish, reason) => {
    fixture.fakeProvider.script({ finish });
    expect(await resultReasons()).toEqual([reason, reason]);
  });

  it.each([
    ['overloaded_error', 'busy'],
    ['rate_limit_error', 'rate_limited'],
    ['api_error', 'server_error'],
  ])('maps the error %s inside an answer to %s', async (type, reason) => {
    fixture.fakeProvider.script({ errorAfter: 2, error: { type, message: 'no' } });
    expect(await resultReasons()).toEqual([reason, reason]);
  });

  it('is complete only after message_stop', async () => {
    const stop = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 3 } };
    fixture.fakeProvider.script({
      insert: { after: 1, raw: `data: ${JSON.stringify(stop)}\n\n` },
      truncateAfter: 2,
    });
    expect(resultReason(await streamResult(fixture.provider()))).toBe('incomplete_answer');
  });

  it('counts cached input, uses the last output count, and skips unknown events', async () => {
    const input = {
      input_tokens: 5,
      cache_read_input_tokens: 10,
      cache_creation_input_tokens: 1,
      output_tokens: 1,
    };
    const data = [
      { type: 'message_start', message: { model: 'real', usage: input } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'a' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'x' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'b' } },
      { type: 'brand_new' },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 8 } },
      { type: 'message_stop' },
    ];
    const raw = data.map((event) => `event: x\ndata: ${JSON.stringify(event)}\n\n`).join('');
    fixture.fakeProvider.script({ raw, contentType: 'text/event-stream' });
    const { text, end } = await streamResult(fixture.provider());
    expect(text).toBe('ab');
    expect(end).toMatchObject({ model: 'real', usage: { inputTokens: 16, outputTokens: 8 } });
  });
});

describe("Google's protocol", () => {
  beforeEach(async () => {
    fixture = await ProviderFixture.start('google');
  });

  it('sends roles and the system message as documented, and the key in a header', async () => {
    await generateResult(fixture.provider(), buildModelRequest({ messages: MESSAGES, maxTokens: 9 }));
    const root = fixture.fakeProvider.url.replace('/v1beta', '');
    await streamResult(
      fixture.provider({}, { baseUrl: root }),
      buildModelRequest({ model: 'tunedModels/my model' }),
    );
    const [whole, stream] = fixture.fakeProvider.requests;
    expect(whole?.headers).toMatchObject({ 'x-goog-api-key': PROVIDER_KEY });
    expect(whole?.body).toEqual({
      contents: [
        { role: 'user', parts: [{ text: PLACEHOLDER_MESSAGE }] },
        { role: 'model', parts: [{ text: 'Hi.' }] },
        { role: 'user', parts: [{ text: 'One.\n\nTwo.\n\nThree?' }] },
      ],
      systemInstruction: { parts: [{ text: 'Be brief.\n\nBe kind.' }] },
      generationConfig: { maxOutputTokens: 9 },
    });
    expect([whole?.path, stream?.path]).toEqual([
      '/v1beta/models/model-a:generateContent',
      '/v1beta/tunedModels/my%20model:streamGenerateContent?alt=sse',
    ]);
    expect(stream?.body).toEqual({ contents: [{ role: 'user', parts: [{ text: 'Hello?' }] }] });
  });

  it('rejects names of models that would change the path', async () => {
    for (const model of ['..', 'models/../../v1/files', 'a//b', '']) {
      expect(resultReason(await generateResult(fixture.provider(), buildModelRequest({ model })))).toBe(
        'model_unknown',
      );
      expect(resultReason(await streamResult(fixture.provider(), buildModelRequest({ model })))).toBe(
        'model_unknown',
      );
    }
    await generateResult(fixture.provider(), buildModelRequest({ model: 'a?b=c#d' }));
    expect(fixture.fakeProvider.requests.map(({ path }) => path)).toEqual([
      '/v1beta/models/a%3Fb%3Dc%23d:generateContent',
    ]);
  });

  it.each([
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ...['SAFETY', 'RECITATION', 'PROHIBITED_CONTENT', 'BLOCKLIST', 'SPII'].map((name) => [
      name,
      'content_filter',
    ]),
    ['FINISH_REASON_UNSPECIFIED', 'incomplete_answer'],
  ])('maps the finish reason %s to %s', async (finish, reason) => {
    fixture.fakeProvider.script({ finish });
    expect(await resultReasons()).toEqual([reason, reason]);
  });

  it('returns an empty answer for a blocked prompt', async () => {
    const body = { promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 4 } };
    const usage = { inputTokens: 4, outputTokens: 0 };
    fixture.fakeProvider.script({ raw: JSON.stringify(body) });
    expect(await generateResult(fixture.provider())).toMatchObject({
      text: '',
      end: { finishReason: 'content_filter', usage },
    });
    fixture.fakeProvider.script({
      raw: `data: ${JSON.stringify(body)}\n\n`,
      contentType: 'text/event-stream',
    });
    expect(await streamResult(fixture.provider())).toMatchObject({
      text: '',
      end: { finishReason: 'content_filter', usage },
    });
  });

  it('counts thoughts without showing them', async () => {
    const parts = [{ text: 'hm', thought: true }, { text: 'So: ' }, { text: 'yes' }];
    const usageMetadata = { promptTokenCount: 4, candidatesTokenCount: 2, thoughtsTokenCount: 30 };
    const body = { candidates: [{ content: { parts }, finishReason: 'STOP' }], usageMetadata };
    fixture.fakeProvider.script({ raw: JSON.stringify(body) });
    const { text, end } = await generateResult(fixture.provider());
    expect([text, end?.usage]).toEqual(['So: yes', { inputTokens: 4, outputTokens: 32 }]);
  });

  it('tells an invalid key from a bad request', async () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }];
    const error = { code: 400, status: 'INVALID_ARGUMENT', message: 'no' };
    fixture.fakeProvider.script({
      status: 400,
      body: JSON.stringify({ error: { ...error, details } }, null, 2),
    });
    expect(await resultReasons()).toEqual(['key_rejected', 'key_rejected']);
    fixture.fakeProvider.script({ status: 400, body: JSON.stringify({ error }) });
    expect(await resultReasons()).toEqual(['request_rejected', 'request_rejected']);
  });

  it.each([
    [{ code: 503, status: 'UNAVAILABLE' }, 'busy'],
    [{ status: 'RESOURCE_EXHAUSTED' }, 'rate_limited'],
    [{ code: 500, status: 'INTERNAL' }, 'server_error'],
  ])('maps the error %j inside an answer to %s', async (error, reason) => {
    fixture.fakeProvider.script({ errorAfter: 2, error });
    expect(await resultReasons()).toEqual([reason, reason]);
  });
});

describe("Ollama's protocol", () => {
  beforeEach(async () => {
    fixture = await ProviderFixture.start('ollama');
  });

  it('sends requests as documented, with and without a stream', async () => {
    await generateResult(
      fixture.provider({}, { apiKey: undefined }),
      buildModelRequest({ messages: MESSAGES, maxTokens: 9 }),
    );
    await streamResult(fixture.provider());
    const [whole, stream] = fixture.fakeProvider.requests;
    expect(whole?.path).toBe('/api/chat');
    expect(whole?.headers).not.toHaveProperty('authorization');
    expect(whole?.body).toEqual({
      model: 'model-a',
      messages: [
        { role: 'system', content: 'Be brief.\n\nBe kind.' },
        { role: 'user', content: PLACEHOLDER_MESSAGE },
        { role: 'assistant', content: 'Hi.' },
        { role: 'user', content: 'One.\n\nTwo.\n\nThree?' },
      ],
      stream: false,
      options: { num_ctx: 4096, num_predict: 9 },
    });
    expect(stream?.body).toMatchObject({ stream: true });
  });

  it("uses OpenAI's protocol when the base URL ends in /v1", async () => {
    await generateResult(fixture.provider({}, { baseUrl: `${fixture.fakeProvider.url}/v1` }));
    expect(fixture.fakeProvider.requests[0]?.path).toBe('/v1/chat/completions');
  });

  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['load', 'incomplete_answer'],
  ])('maps the finish reason %s to %s', async (finish, reason) => {
    fixture.fakeProvider.script({ finish });
    expect(await resultReasons()).toEqual([reason, reason]);
  });

  it('fails at the line with an error', async () => {
    fixture.fakeProvider.script({ errorAfter: 2, error: 'an error was encountered while running the model' });
    expect(await resultReasons()).toEqual(['server_error', 'server_error']);
  });

  it('lists the installed models', async () => {
    const provider = fixture.provider({}, { models: [] });
    expect(await provider.models()).toEqual(['model-a', 'model-b']);
    expect(fixture.fakeProvider.requests.map(({ path }) => path)).toEqual(['/api/tags']);
  });

  it('waits for a list as long as for an answer', async () => {
    fixture.fakeProvider.modelListAnswer = { silent: true };
    const provider = fixture.provider({ answerMs: 50 }, { models: [] });
    await expect(provider.models()).rejects.toMatchObject({ kind: 'timed_out' });
    fixture.fakeProvider.modelListAnswer = { raw: '{"models":[{"name":"a"}]}', firstByteMs: 2_500 };
    fixture.clock.advance(5);
    expect(await fixture.provider({}, { models: [] }).models()).toEqual(['a']);
  });
});
