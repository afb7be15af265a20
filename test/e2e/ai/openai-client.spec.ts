import fc from 'fast-check';
import OpenAI from 'openai';
import type { FakeProvider } from '@scripts/fake-provider.js';
import { type AiApp, givenAiApp } from '@test/support/ai/ai-app.js';
import { connectOpenAi, givenOpenAiClient, type OpenAiCaller } from '@test/support/ai/openai-client.js';
import { waitUntil } from '@test/support/app/server-process.js';

type Params = OpenAI.ChatCompletionCreateParamsNonStreaming;

const HELLO: Params = { model: 'auto', messages: [{ role: 'user', content: 'Hello' }] };
describe('the official client of OpenAI', () => {
  let ai: AiApp;
  let first: FakeProvider;
  let caller: OpenAiCaller;
  let client: OpenAI;

  beforeAll(async () => {
    ai = await givenAiApp(['first', 'second']);
    await ai.app.nest.listen(0, '127.0.0.1');
    caller = await givenOpenAiClient(ai.app);
    ({ client } = caller);
    first = ai.fakeProviders.first as FakeProvider;
  });
  beforeEach(() => Object.values(ai.fakeProviders).forEach((provider) => provider.script({})));
  afterAll(() => ai.stop());

  async function readStream(params: Params): Promise<OpenAI.ChatCompletionChunk[]> {
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of await client.chat.completions.create({ ...params, stream: true }))
      chunks.push(chunk);
    return chunks;
  }

  const contentOf = (chunks: readonly OpenAI.ChatCompletionChunk[]): string =>
    chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');

  it('gets a whole answer with its usage and its receipt', async () => {
    first.script({ text: 'Good day, Zoë.', usage: { input: 11, output: 4 } });
    const earliest = Math.floor(ai.app.clock.millis() / 1000);
    const { data, response } = await client.chat.completions.create(HELLO).withResponse();
    expect(data.created).toBeGreaterThanOrEqual(earliest);
    expect(data.created).toBeLessThanOrEqual(ai.app.clock.millis() / 1000);
    expect(data).toEqual({
      id: expect.stringMatching(/^chatcmpl-\w{32}$/),
      object: 'chat.completion',
      created: data.created,
      model: 'first/first-large',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Good day, Zoë.', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 11, completion_tokens: 4, total_tokens: 15 },
    });
    expect(JSON.parse(response.headers.get('x-route') ?? '')).toEqual([
      { provider: 'first', model: 'first-large', outcome: 'answered', attempts: 1, reason: null },
    ]);
  });

  it('gets the same answer in chunks: the role, the text, the finish reason, and the usage', async () => {
    first.script({ text: ['Good ', 'day.'], delayMs: 200 });
    const chunks = await readStream({ ...HELLO, stream_options: { include_usage: true } } as Params);
    const [begin, , , end, usage] = chunks;
    expect(chunks).toHaveLength(5);
    expect(begin?.choices[0]?.delta).toEqual({ role: 'assistant', content: '' });
    expect(contentOf(chunks)).toBe('Good day.');
    expect(end?.choices).toEqual([{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }]);
    expect(usage).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 },
    });
    expect(chunks.map((chunk) => chunk.usage === null)).toEqual([true, true, true, true, false]);
    expect(new Set(chunks.map(({ id, model, object }) => `${id} ${model} ${object}`)).size).toBe(1);
  });

  it('gets no usage in chunks unless it asks, and an estimate where the provider reports none', async () => {
    expect((await readStream(HELLO)).filter((chunk) => 'usage' in chunk)).toEqual([]);
    first.script({ text: 'Good day.', noUsage: true });
    const asked = await readStream({ ...HELLO, stream_options: { include_usage: true } } as Params);
    const whole = await client.chat.completions.create(HELLO);
    expect(asked.at(-1)?.usage).toEqual({ prompt_tokens: 3, completion_tokens: 3, total_tokens: 6 });
    expect(whole.usage).toEqual(asked.at(-1)?.usage);
  });

  it('reads the same content whole and streamed, for any text', async () => {
    const token = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
    const tokens = fc
      .array(token, { minLength: 1, maxLength: 10 })
      .filter((list) => /\S/.test(list.join('')) && !/^\s*<think/.test(list.join('')));
    await fc.assert(
      fc.asyncProperty(tokens, async (text) => {
        first.script({ text });
        const whole = await client.chat.completions.create(HELLO);
        expect(contentOf(await readStream(HELLO))).toBe(whole.choices[0]?.message.content);
      }),
      { numRuns: 40 },
    );
  });

  it('can limit an answer to less than any provider would be asked for otherwise', async () => {
    await client.chat.completions.create({ ...HELLO, max_tokens: 1 });
    expect(first.requests.at(-1)?.body).toMatchObject({ max_tokens: 1 });
  });

  it('sends every role, and content in parts', async () => {
    await client.chat.completions.create({
      model: 'first',
      messages: [
        { role: 'developer', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Hel' },
            { type: 'text', text: 'lo' },
          ],
        },
        { role: 'assistant', content: [{ type: 'text', text: 'Hi.' }] },
        { role: 'user', content: 'Who?', name: 'ada' },
      ],
    });
    expect(first.requests.at(-1)?.body).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: 'Hi.' },
        { role: 'user', content: 'Who?' },
      ],
    });
  });

  it('lists and finds the models', async () => {
    const ids = (await client.models.list()).data.map(({ id }) => id);
    expect(ids).toEqual([
      'auto',
      ...['first', 'first/first-large', 'first/first-small'],
      ...['second', 'second/second-large', 'second/second-small'],
      ...['local', 'local/local-extractive'],
    ]);
    for (const id of ids) expect(await client.models.retrieve(id)).toMatchObject({ id, object: 'model' });
    const { data } = await client.chat.completions
      .create({ ...HELLO, model: 'second/second-small' })
      .withResponse();
    expect(data.model).toBe('second/second-small');
  });

  it('takes another provider before the first content, and says so in the receipt', async () => {
    first.script({ status: 500 });
    const { data, response } = await client.chat.completions
      .create({ ...HELLO, stream: true })
      .withResponse();
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of data) chunks.push(chunk);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop');
    expect(JSON.parse(response.headers.get('x-route') ?? '')).toMatchObject([
      { provider: 'first', outcome: 'failed', reason: 'It failed with a server error.' },
      { provider: 'second', outcome: 'answered' },
    ]);
  });

  it('stops the provider when it aborts', async () => {
    const before = first.abortedRequests;
    first.script({ tokens: 1000, delayMs: 5 });
    const stream = await client.chat.completions.create({ ...HELLO, stream: true });
    const received = stream[Symbol.asyncIterator]();
    await received.next();
    stream.controller.abort();
    await waitUntil(() => first.abortedRequests === before + 1, 5000);
    first.script({ silent: true });
    const abortController = new AbortController();
    const pending = client.chat.completions.create(HELLO, { signal: abortController.signal });
    await waitUntil(() => first.runningRequests > 0, 5000);
    abortController.abort();
    await expect(pending).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
    await waitUntil(() => first.runningRequests === 0, 5000);
  });

  it('works with the access token of a session, too, and stores nothing but the usage', async () => {
    const { accessToken: token } = caller.owner;
    const signedIn = await connectOpenAi(ai.app, token);
    const before = (await ai.app.get('/api/ai/usage', { token })).body;
    const completion = await signedIn.chat.completions.create(HELLO);
    expect(completion.choices[0]?.finish_reason).toBe('stop');
    await readStream(HELLO);
    const after = (await ai.app.get('/api/ai/usage', { token })).body;
    expect(after.requests - before.requests).toBe(2);
    expect(after.output_tokens - before.output_tokens).toBe(80);
    for (const table of ['conversations', 'messages', 'generations'])
      expect([table, await ai.app.sql(`SELECT 1 FROM ${table}`)]).toEqual([table, []]);
  });

  it('gets an answer of the built-in provider, which needs no key', async () => {
    const completion = await client.chat.completions.create({ ...HELLO, model: 'local' });
    expect(completion).toMatchObject({
      model: 'local/local-extractive',
      choices: [{ finish_reason: 'stop' }],
    });
    expect(contentOf(await readStream({ ...HELLO, model: 'local' }))).toBe(
      completion.choices[0]?.message.content,
    );
  });
});
