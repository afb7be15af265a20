import OpenAI from 'openai';
import { CircuitBreakers } from '@/modules/ai/providers/circuit-breakers.js';
import type { FakeProvider } from '@scripts/fake-provider.js';
import { type AiApp, givenAiApp } from '@test/support/ai/ai-app.js';
import { connectOpenAi, givenOpenAiClient, type OpenAiCaller } from '@test/support/ai/openai-client.js';
import { MemoryLog } from '@test/support/app/memory-log.js';
import { waitUntil } from '@test/support/app/server-process.js';

type Params = OpenAI.ChatCompletionCreateParamsStreaming;
type Delta = OpenAI.ChatCompletionChunk.Choice.Delta & { reasoning_content?: string };

const HELLO: Params = { model: 'auto', messages: [{ role: 'user', content: 'Hello' }], stream: true };

describe('thinking, when the operator shows it', () => {
  let ai: AiApp;
  let first: FakeProvider;
  let client: OpenAI;

  beforeAll(async () => {
    ai = await givenAiApp(['first', 'second'], { env: { AI_SHOW_REASONING: 'on' } });
    await ai.app.nest.listen(0, '127.0.0.1');
    ({ client } = await givenOpenAiClient(ai.app));
    first = ai.fakeProviders.first as FakeProvider;
  });
  afterAll(() => ai.stop());

  const deltasOf = (chunks: readonly OpenAI.ChatCompletionChunk[]): Delta[] =>
    chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));

  async function readRest(stream: AsyncIterable<OpenAI.ChatCompletionChunk>): Promise<Delta[]> {
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    return deltasOf(chunks);
  }

  it('is a field of the whole answer, and no part of its content', async () => {
    first.script({ text: '<think>Let me see.</think>Yes.' });
    const { choices } = await client.chat.completions.create({ ...HELLO, stream: false });
    expect(choices[0]?.message).toEqual({
      role: 'assistant',
      content: 'Yes.',
      refusal: null,
      reasoning_content: 'Let me see.',
    });
  });

  it('arrives while the model thinks, before any content', async () => {
    first.script({ text: ['<think>Let me', ' see.</think>Yes.'], hold: 1 });
    const stream = await client.chat.completions.create(HELLO);
    const chunks = stream[Symbol.asyncIterator]();
    const [begin, thinking] = [await chunks.next(), await chunks.next()];
    expect(deltasOf([begin.value, thinking.value])).toEqual([
      { role: 'assistant', content: '' },
      { reasoning_content: 'Let me' },
    ]);
    expect(thinking.value.model).toBe('first/first-large');
    first.releaseHeld();
    const rest: Delta[] = [];
    for (let next = await chunks.next(); !next.done; next = await chunks.next())
      rest.push(...deltasOf([next.value]));
    expect(rest).toEqual([{ reasoning_content: ' see.' }, { content: 'Yes.' }, {}]);
  });

  it('leaves another provider free to answer, with its own thinking after the first', async () => {
    first.script({ reasoning: 2, dropAfter: 0 });
    ai.fakeProviders.second?.script({ text: '<think>Aha.</think>Yes.' });
    const deltas = await readRest(await client.chat.completions.create(HELLO));
    const thinking = deltas.map(({ reasoning_content: text = '' }) => text).join('');
    expect(thinking).toMatch(/^(hm ){2}(\n\n(hm ){2})?\n\nAha\.$/);
    expect(deltas.map(({ content }) => content ?? '').join('')).toBe('Yes.');
    expect(deltas.filter(({ role }) => role)).toHaveLength(1);
  });
});

describe('a request that fails again', () => {
  let ai: AiApp;
  let first: FakeProvider;
  let caller: OpenAiCaller;
  let patient: OpenAI;
  const log = new MemoryLog();

  beforeAll(async () => {
    ai = await givenAiApp(['first', 'second'], { log });
    await ai.app.nest.listen(0, '127.0.0.1');
    caller = await givenOpenAiClient(ai.app);
    patient = await connectOpenAi(ai.app, caller.key, { maxRetries: 2 });
    first = ai.fakeProviders.first as FakeProvider;
  });
  beforeEach(() =>
    ai.app.nest.get(CircuitBreakers, { strict: false }).recordSuccess('first', caller.owner.id),
  );

  it.each([true, false])(
    'is not repeated by the client when a named provider refuses it (stream: %s)',
    async (stream) => {
      first.script({ status: 400 });
      const before = first.requests.length;
      const params = { ...HELLO, model: 'first', stream };
      const error = await patient.chat.completions.create(params as Params).then(
        () => undefined,
        (thrown: unknown) => thrown as InstanceType<typeof OpenAI.APIError>,
      );
      expect([error?.status, error?.code]).toEqual([502, 'provider_failed']);
      expect(error?.headers?.get('x-should-retry')).toBe('false');
      expect(first.requests.length - before).toBe(1);
      expect(JSON.parse(error?.headers?.get('x-route') ?? '')).toEqual([
        {
          provider: 'first',
          model: 'first-large',
          outcome: 'failed',
          attempts: 1,
          reason: 'It rejected the request.',
        },
      ]);
    },
  );

  it('is repeated when the provider only failed this time', async () => {
    first.script({ status: 500 }, { status: 500 }, { text: 'Yes.' });
    const completion = await patient.chat.completions.create({ ...HELLO, model: 'first', stream: false });
    expect(completion.choices[0]?.message.content).toBe('Yes.');
  });

  it('has no old reason in the receipt of a stream whose second attempt has begun', async () => {
    first.script({ status: 500 }, { text: 'Yes.' });
    const { response } = await patient.chat.completions.create(HELLO).withResponse();
    expect(JSON.parse(response.headers.get('x-route') ?? '')).toMatchObject([
      { provider: 'first', outcome: 'answered', attempts: 2, reason: null },
    ]);
  });

  it('ends with 503 at a shutdown, which is no failure of the database', async () => {
    first.script({ silent: true });
    const pending = [true, false].map((stream) =>
      caller.client.chat.completions.create({ ...HELLO, stream } as Params).then(
        () => undefined,
        (thrown: unknown) => thrown as InstanceType<typeof OpenAI.APIError>,
      ),
    );
    await waitUntil(() => first.runningRequests === 2, 5000);
    await ai.stop();
    const errors = await Promise.all(pending);
    expect(errors.map((error) => [error?.status, error?.code])).toEqual([
      [503, 'overloaded'],
      [503, 'overloaded'],
    ]);
    expect(log.text).toContain('"request.refused"');
    expect(log.text).not.toContain('database.unavailable');
  });
});
