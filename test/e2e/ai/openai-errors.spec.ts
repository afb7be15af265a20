import OpenAI from 'openai';
import { GenerationConcurrencyLimiter } from '@/modules/ai/generations/generation-concurrency-limiter.js';
import { CircuitBreakers } from '@/modules/ai/providers/circuit-breakers.js';
import type { FakeProvider } from '@scripts/fake-provider.js';
import { type AiApp, givenAiApp } from '@test/support/ai/ai-app.js';
import { connectOpenAi, givenOpenAiClient, type OpenAiCaller } from '@test/support/ai/openai-client.js';
import { MemoryLog } from '@test/support/app/memory-log.js';
import { givenApiKey } from '@test/support/auth/api-keys.js';
import { givenUser } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';

type Params = OpenAI.ChatCompletionCreateParamsNonStreaming;

const HELLO: Params = { model: 'auto', messages: [{ role: 'user', content: 'Hello' }] };
const TOOL = { type: 'function', function: { name: 'f' } } as const;

describe('an error of the API for clients of OpenAI', () => {
  let ai: AiApp;
  let first: FakeProvider;
  let caller: OpenAiCaller;
  let base: string;
  const log = new MemoryLog();

  beforeAll(async () => {
    ai = await givenAiApp(['first', 'second'], { log });
    await ai.app.nest.listen(0, '127.0.0.1');
    base = await ai.app.nest.getUrl();
    caller = await givenOpenAiClient(ai.app);
    first = ai.fakeProviders.first as FakeProvider;
  });
  beforeEach(() => {
    const circuitBreakers = ai.app.nest.get(CircuitBreakers, { strict: false });
    for (const [name, provider] of Object.entries(ai.fakeProviders)) {
      provider.script({});
      circuitBreakers.recordSuccess(name, caller.owner.id);
    }
  });
  afterAll(() => ai.stop());

  /** Returns what the client throws. */
  async function errorOf(promise: PromiseLike<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
    const thrown: unknown = await promise.then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(thrown).toBeInstanceOf(OpenAI.APIError);
    return thrown as InstanceType<typeof OpenAI.APIError>;
  }

  const complete = (params: object): PromiseLike<unknown> =>
    caller.client.chat.completions.create({ ...HELLO, ...params } as Params);

  async function fetchRaw(path: string, init: RequestInit = {}): Promise<[number, unknown, Headers]> {
    const headers = { authorization: `Bearer ${caller.key}`, ...(init.headers as Record<string, string>) };
    const response = await fetch(base + path, { ...init, headers });
    return [response.status, await response.json(), response.headers];
  }

  it('is an AuthenticationError without a valid key or token', async () => {
    for (const key of ['sk-unknown', `xntr-${'A'.repeat(86)}`, `${caller.key} x`]) {
      const client = await connectOpenAi(ai.app, key);
      const error = await errorOf(client.models.list());
      expect(error).toBeInstanceOf(OpenAI.AuthenticationError);
      expect(error.error).toEqual({
        message: 'Invalid or expired token',
        type: 'authentication_error',
        param: null,
        code: 'token_invalid',
      });
      expect(error.requestID).toMatch(/^[\w-]+$/);
    }
  });

  it('is a PermissionDeniedError for a key without the scope', async () => {
    const { owner } = caller;
    const { organizationId } = owner;
    const scopes = ['conversations:read' as const];
    const { key } = await givenApiKey(ai.app, { organizationId, by: owner, scopes });
    const client = await connectOpenAi(ai.app, key);
    expect((await client.models.list()).data).not.toEqual([]);
    const error = await errorOf(client.chat.completions.create(HELLO));
    expect(error).toBeInstanceOf(OpenAI.PermissionDeniedError);
    expect(error).toMatchObject({ type: 'permission_error', code: 'insufficient_api_key_scope' });
    expect(error.message).toContain('Required: conversations:write.');
  });

  it('is a 401 elsewhere, because a key is a bearer token here alone', async () => {
    const [status, body] = await fetchRaw('/api/ai/providers');
    expect([status, body]).toMatchObject([401, { code: 'token_invalid' }]);
    expect((await fetchRaw('/v1/models'))[0]).toBe(200);
    const headers = { authorization: '', 'x-api-key': caller.key };
    expect((await fetchRaw('/v1/models', { headers }))[0]).toBe(200);
  });

  it.each([
    ['an unknown field', { logit_bias: {} }, 'logit_bias', 'unknown_parameter'],
    ['a field of sound', { audio: { voice: 'a', format: 'wav' } }, 'audio', 'unknown_parameter'],
    [
      'an unknown field inside',
      { messages: [{ role: 'user', content: 'a', x: 1 }] },
      'messages[0].x',
      'unknown_parameter',
    ],
    ['several answers', { n: 2 }, 'n', 'validation_failed'],
    ['probabilities', { logprobs: true }, 'logprobs', 'validation_failed'],
    ['sound', { modalities: ['text', 'audio'] }, 'modalities', 'validation_failed'],
    [
      'an image',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'x' } }] }] },
      'messages[0].content',
      'validation_failed',
    ],
    ['no message', { messages: [] }, 'messages', 'validation_failed'],
    ['a missing content', { messages: [{ role: 'user' }] }, 'messages[0].content', 'validation_failed'],
    [
      'a missing call id',
      { messages: [{ role: 'tool', content: 'a' }] },
      'messages[0].tool_call_id',
      'validation_failed',
    ],
    [
      'an unknown call id',
      { messages: [{ role: 'tool', content: 'a', tool_call_id: 'x' }] },
      'messages[0].tool_call_id',
      'validation_failed',
    ],
    ['a wrong type', { temperature: 'hot' }, 'temperature', 'validation_failed'],
    ['a value out of range', { temperature: 2.1 }, 'temperature', 'validation_failed'],
    ['too many stop sequences', { stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop', 'validation_failed'],
    ['a choice without tools', { tool_choice: 'required' }, 'tool_choice', 'validation_failed'],
    [
      'the choice of another tool',
      { tools: [TOOL], tool_choice: { type: 'function', function: { name: 'g' } } },
      'tool_choice',
      'validation_failed',
    ],
    [
      'a format without its schema',
      { response_format: { type: 'json_schema' } },
      'response_format.json_schema',
      'validation_failed',
    ],
    ['tools that no candidate has', { model: 'local', tools: [TOOL] }, 'tools', 'validation_failed'],
    [
      'a format that no candidate has',
      { model: 'local', response_format: { type: 'json_object' } },
      'response_format',
      'validation_failed',
    ],
  ])('is a BadRequestError with the parameter for %s', async (_what, params, param, code) => {
    const error = await errorOf(complete(params));
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error).toMatchObject({ param, code, type: 'invalid_request_error' });
    expect(error.message.startsWith(`400 ${param} `)).toBe(true);
  });

  it.each([
    'gpt-5',
    'unknown/model',
    'first/unknown',
    'first/',
    '/',
    'auto/first-large',
    'anthropic',
    '__proto__',
  ])('is a NotFoundError for the model %s', async (model) => {
    const errors = [await errorOf(complete({ model })), await errorOf(complete({ model, stream: true }))];
    errors.push(await errorOf(caller.client.models.retrieve(model)));
    for (const error of errors) {
      expect(error).toBeInstanceOf(OpenAI.NotFoundError);
      expect(error).toMatchObject({ code: 'model_not_found', type: 'invalid_request_error' });
    }
  });

  it('leaves out the candidates that cannot use tools', async () => {
    for (const provider of Object.values(ai.fakeProviders)) provider.script({ status: 400 });
    const error = await errorOf(complete({ tools: [TOOL] }));
    expect(error.status).toBe(503);
    expect(error.message).not.toContain('local:');
  });

  it('has the same form for every kind of refusal', async () => {
    const json = { 'content-type': 'application/json' };
    const body = JSON.stringify(HELLO);
    const large = JSON.stringify({ ...HELLO, user: 'x'.repeat(1_100_000) });
    const responses = [
      await fetchRaw('/v1/chat/completions', { method: 'POST', headers: json, body: '{' }),
      await fetchRaw('/v1/chat/completions', { method: 'POST', headers: json, body: '[]' }),
      await fetchRaw('/v1/chat/completions', { method: 'POST', headers: json, body: large }),
      await fetchRaw('/v1/chat/completions', {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body,
      }),
      await fetchRaw('/v1/chat/completions'),
      await fetchRaw('/v1/embeddings', { method: 'POST', headers: json, body: '{}' }),
      await fetchRaw('/v1'),
      await fetchRaw('/v1/models/%'),
    ];
    expect(responses.map(([status]) => status)).toEqual([400, 400, 413, 415, 405, 404, 404, 404]);
    for (const [, answer] of responses) {
      const text = expect.any(String);
      const param = null;
      expect(answer).toEqual({ error: { message: text, type: 'invalid_request_error', param, code: text } });
    }
    expect(responses[4]?.[2].get('allow')).toBe('POST');
  });

  it('is a RateLimitError at the limit of running answers', async () => {
    const limiter = ai.app.nest.get(GenerationConcurrencyLimiter, { strict: false });
    const permits = Array.from({ length: 250 }, () => limiter.acquire(caller.owner.id));
    const error = await errorOf(complete({}));
    permits.forEach(({ release }) => release());
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect(error).toMatchObject({ type: 'rate_limit_error', code: 'too_many_attempts' });
    expect(error.headers?.get('retry-after')).toBe('5');
  });

  it('names the reasons when no provider answers, with the receipt', async () => {
    first.script({ status: 401 });
    const named = await errorOf(complete({ model: 'first' }));
    expect([named.status, named.code]).toEqual([502, 'provider_failed']);
    expect(named.message).toContain('first: It rejected its API key.');
    expect(JSON.parse(named.headers?.get('x-route') ?? '')).toMatchObject([{ outcome: 'failed' }]);
    const streamed = await errorOf(complete({ model: 'first', stream: true }));
    expect([streamed.status, streamed.code]).toEqual([502, 'provider_failed']);
    expect(JSON.parse(streamed.headers?.get('x-route') ?? '')).toMatchObject([{ provider: 'first' }]);
  });

  it.each([
    ['is lost', { dropAfter: 5 }],
    ['ends without a finish reason', { truncateAfter: 5 }],
    ['has an error', { errorAfter: 5, error: { message: 'no', type: 'server_error' } }],
  ])(
    'ends the stream when the answer of the provider %s, without a mark of completeness',
    async (_what, fault) => {
      first.script({ tokens: 20, delayMs: 2, ...fault });
      const asked = ai.fakeProviders.second?.requests.length;
      const stream = await caller.client.chat.completions.create({ ...HELLO, stream: true });
      const finishReasons: unknown[] = [];
      const read = async (): Promise<void> => {
        for await (const chunk of stream) finishReasons.push(chunk.choices[0]?.finish_reason);
      };
      expect(await errorOf(read())).toMatchObject({ code: 'provider_failed', type: 'server_error' });
      expect(finishReasons.length).toBeGreaterThan(1);
      expect(finishReasons.filter((reason) => reason !== null)).toEqual([]);
      expect(ai.fakeProviders.second?.requests.length).toBe(asked);
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${caller.key}` };
      const body = JSON.stringify({ ...HELLO, model: 'first', stream: true });
      const text = await (
        await fetch(`${base}/v1/chat/completions`, { method: 'POST', headers, body })
      ).text();
      expect(text).toMatch(/\n\ndata: \{"error":\{"message":"[^\n]*"code":"provider_failed"\}\}\n\n$/);
      expect(text).not.toContain('[DONE]');
    },
  );

  it('ends the stream within a second after the session', async () => {
    const { accessToken, refreshToken } = await givenUser(ai.app);
    const client = await connectOpenAi(ai.app, accessToken);
    first.script({ tokens: 40, hold: 3 });
    const stream = await client.chat.completions.create({ ...HELLO, stream: true });
    await expectStatus(200, ai.app.post('/api/auth/logout', { refresh_token: refreshToken }));
    const read = async (): Promise<void> => {
      for await (const chunk of stream) expect(chunk.choices).toHaveLength(1);
    };
    expect(await errorOf(read())).toMatchObject({ code: 'token_invalid' });
    expect(first.runningRequests).toBe(0);
  });

  it('never shows a key in the log', async () => {
    await complete({});
    await errorOf((await connectOpenAi(ai.app, `${caller.key}x`)).models.list());
    expect(log.lines.length).toBeGreaterThan(0);
    expect(JSON.stringify(log.lines)).not.toContain(caller.key.slice(0, 20));
  });
});

describe('the monthly limit of tokens', () => {
  it('counts chat completions, their tools included', async () => {
    const ai = await givenAiApp(['first'], { env: { AI_MONTHLY_TOKENS_PER_USER: '2000' } });
    await ai.app.nest.listen(0, '127.0.0.1');
    const { client, key } = await givenOpenAiClient(ai.app);
    ai.fakeProviders.first?.script({ text: 'Hi.', usage: { input: 500, output: 100 } });
    expect((await client.chat.completions.create(HELLO)).usage?.total_tokens).toBe(600);
    expect(ai.fakeProviders.first?.requests.at(-1)?.body).toMatchObject({ max_tokens: expect.any(Number) });
    const description = 'x'.repeat(1500);
    const tools = [{ type: 'function' as const, function: { name: 'f', description } }];
    const refused = client.chat.completions.create({ ...HELLO, tools });
    await expect(refused).rejects.toMatchObject({ status: 429, code: 'ai_token_limit_reached' });
    // With its default of two repetitions the client would wait until the end of the month.
    const patient = await connectOpenAi(ai.app, key, { maxRetries: 2 });
    await expect(patient.chat.completions.create({ ...HELLO, tools })).rejects.toMatchObject({ status: 429 });
    await expect(client.chat.completions.create({ ...HELLO, stream: true })).resolves.toBeDefined();
    await ai.stop();
  });
});
