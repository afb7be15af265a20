import OpenAI from 'openai';
import type { FakeProvider } from '@scripts/fake-provider.js';
import { type AiApp, givenAiApp } from '@test/support/ai/ai-app.js';
import { givenOpenAiClient } from '@test/support/ai/openai-client.js';

const HELLO: OpenAI.ChatCompletionCreateParamsNonStreaming = {
  model: 'auto',
  messages: [{ role: 'user', content: 'Hello' }],
};
const WEATHER = {
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
  },
} as const;

describe('tools and options of the official client of OpenAI', () => {
  let ai: AiApp;
  let first: FakeProvider;
  let client: OpenAI;

  beforeAll(async () => {
    ai = await givenAiApp(['first']);
    await ai.app.nest.listen(0, '127.0.0.1');
    ({ client } = await givenOpenAiClient(ai.app));
    first = ai.fakeProviders.first as FakeProvider;
  });
  beforeEach(() => first.script({}));
  afterAll(() => ai.stop());

  it('joins chunks with its own helper', async () => {
    first.script({
      text: ['One', ', two'],
      toolCalls: [{ name: 'get_weather', arguments: '{"city":"Bern"}' }],
    });
    const stream = client.chat.completions.stream({ ...HELLO, tools: [WEATHER], stream: true });
    const deltas: string[] = [];
    stream.on('content', (delta) => deltas.push(delta));
    const completion = await stream.finalChatCompletion();
    expect(deltas.join('')).toBe('One, two');
    expect(completion.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: 'One, two',
        tool_calls: [
          {
            id: 'call_1',
            type: 'function',
            function: { name: 'get_weather', arguments: '{"city":"Bern"}' },
          },
        ],
      },
    });
  });

  it.each([true, false])(
    'runs tools with its own helper until there is an answer (stream: %s)',
    async (stream) => {
      first.script(
        { toolCalls: [{ name: 'get_weather', arguments: '{"city":"Bern"}' }] },
        { text: 'It rains in Bern.' },
      );
      const cities: string[] = [];
      const getWeather = ({ city }: { city: string }): string => {
        cities.push(city);
        return 'rain';
      };
      const tool = {
        type: 'function' as const,
        function: { ...WEATHER.function, description: '', parse: JSON.parse, function: getWeather },
      };
      const runner = stream
        ? client.chat.completions.runTools({ ...HELLO, tools: [tool], stream })
        : client.chat.completions.runTools({ ...HELLO, tools: [tool] });
      expect(await runner.finalContent()).toBe('It rains in Bern.');
      expect(cities).toEqual(['Bern']);
      expect(first.requests.at(-1)?.body).toMatchObject({
        messages: [
          { role: 'user', content: 'Hello' },
          { role: 'assistant', content: null, tool_calls: [{ id: 'call_1' }] },
          { role: 'tool', tool_call_id: 'call_1', content: 'rain' },
        ],
      });
    },
  );

  it('gets a parsed object for a schema', async () => {
    first.script({ text: '{"answer":42}' });
    const schema = { type: 'object', properties: { answer: { type: 'integer' } } };
    const completion = await client.chat.completions.parse({
      ...HELLO,
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } },
    });
    expect(completion.choices[0]?.message.parsed).toEqual({ answer: 42 });
    expect(first.requests.at(-1)?.body).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } },
    });
  });

  it('passes on every option, and ignores those of the platform of OpenAI', async () => {
    const options = {
      temperature: 0.5,
      top_p: 0.9,
      stop: 'END',
      seed: 7,
      presence_penalty: 1,
      frequency_penalty: -1,
      reasoning_effort: 'low' as const,
      parallel_tool_calls: false,
      tool_choice: 'required' as const,
      tools: [WEATHER],
    };
    const ignored = {
      user: 'u',
      store: true,
      metadata: { a: 'b' },
      service_tier: 'auto' as const,
      safety_identifier: 's',
      prompt_cache_key: 'k',
    };
    const neutral = { n: 1, logprobs: false, modalities: ['text' as const] };
    const limits = { max_tokens: 50, max_completion_tokens: 40 };
    await client.chat.completions.create({ ...HELLO, ...options, ...ignored, ...neutral, ...limits });
    expect(first.requests.at(-1)?.body).toEqual({
      ...options,
      model: 'first-large',
      messages: HELLO.messages,
      stop: ['END'],
      stream: false,
      max_tokens: 40,
    });
  });
});
