import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelMessage } from '@/modules/ai/models/language-model.js';
import type { ModelOptions, ToolCall, ToolCallDelta } from '@/modules/ai/models/model-options.js';
import {
  buildModelRequest,
  generateResult,
  ProviderFixture,
  resultReason,
  streamResult,
} from '@test/support/fake-provider/provider-fixture.js';

const KINDS = ['openai', 'openai-compatible', 'anthropic', 'google', 'ollama'] as const;
const WEATHER = {
  name: 'get_weather',
  description: 'The weather of a city.',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const CALLS = [
  { name: 'get_weather', arguments: '{"city":"Zürich 👋"}' },
  { name: 'get_time', arguments: '{}' },
];
const TOOLS: ModelOptions = { tools: [WEATHER, { name: 'get_time' }] };

/** Joins the parts of the calls as a client does. */
function joinDeltas(deltas: readonly ToolCallDelta[]): ToolCall[] {
  const calls: ToolCall[] = [];
  for (const { index, id, name, arguments: text } of deltas) {
    const call = (calls[index] ??= { id: id ?? '', name: name ?? '', arguments: '' });
    call.arguments += text;
  }
  return calls;
}

describe.each(KINDS)('tools with the protocol of %s', (kind) => {
  let fixture: ProviderFixture;

  beforeAll(async () => {
    fixture = await ProviderFixture.start(kind);
  });
  afterAll(() => fixture.stop());

  it('gives the same calls whole and streamed, each with an id', async () => {
    fixture.fakeProvider.script({ text: 'Let me see.', toolCalls: CALLS });
    const request = buildModelRequest({ options: TOOLS });
    const whole = await generateResult(fixture.provider(), request);
    const streamed = await streamResult(fixture.provider(), request);
    expect([whole.text, streamed.text]).toEqual(['Let me see.', 'Let me see.']);
    for (const calls of [
      whole.end?.toolCalls,
      streamed.end?.toolCalls,
      joinDeltas(streamed.toolCallDeltas),
    ]) {
      expect(calls).toMatchObject(CALLS);
      const ids = (calls ?? []).map(({ id }) => id);
      expect(new Set(ids).size).toBe(2);
      for (const id of ids) expect(id).toMatch(/^call_\w{1,35}$/);
    }
    expect(streamed.end?.toolCalls).toEqual(joinDeltas(streamed.toolCallDeltas));
  });

  it('takes an answer that only calls a tool as complete, and without tools as empty', async () => {
    fixture.fakeProvider.script({ toolCalls: CALLS });
    const offered = buildModelRequest({ options: TOOLS });
    expect(resultReason(await generateResult(fixture.provider(), offered))).toBe('stop');
    expect(resultReason(await streamResult(fixture.provider(), offered))).toBe('stop');
    expect(resultReason(await generateResult(fixture.provider()))).toBe('empty_answer');
    const streamed = await streamResult(fixture.provider());
    expect([resultReason(streamed), streamed.toolCallDeltas]).toEqual(['empty_answer', []]);
  });

  it('fails when the connection is lost after a call', async () => {
    const [first] = CALLS;
    fixture.fakeProvider.script({ text: ['a', 'b'], dropAfter: 1, toolCalls: first ? [first] : [] });
    const request = buildModelRequest({ options: TOOLS });
    expect(resultReason(await streamResult(fixture.provider(), request))).toBe('incomplete_answer');
  });

  it('sends the calls and results of earlier turns, and the options that the protocol has', async () => {
    const messages: ModelMessage[] = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Weather and time?' },
      {
        role: 'assistant',
        content: '',
        toolCalls: CALLS.map((call, index) => ({ ...call, id: `call:${index}` })),
      },
      { role: 'tool', content: 'rain', toolCallId: 'call:0' },
      { role: 'tool', content: '{"hour":7}', toolCallId: 'call:1' },
      { role: 'user', content: 'And?' },
    ];
    const schema = { type: 'object', properties: { answer: { type: 'string' } } };
    const options: ModelOptions = {
      ...TOOLS,
      toolChoice: { name: 'get_time' },
      parallelToolCalls: false,
      responseFormat: { type: 'json_schema', name: 'answer', schema },
      temperature: 1.5,
      topP: 0.5,
      presencePenalty: 0.1,
      frequencyPenalty: -0.2,
      seed: 7,
      stop: ['END', '\n'],
      reasoningEffort: 'low',
    };
    fixture.fakeProvider.script({ text: 'Rain at seven.' });
    const result = await generateResult(
      fixture.provider(),
      buildModelRequest({ messages, options, maxTokens: 9 }),
    );
    expect(resultReason(result)).toBe('stop');
    const requests = JSON.parse(readFileSync(join(__dirname, 'provider-tools.json'), 'utf8')) as object;
    expect(requests).toHaveProperty([kind], fixture.fakeProvider.requests.at(-1)?.body);
  });
});
