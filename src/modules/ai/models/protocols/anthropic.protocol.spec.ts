import { readAnswer } from '@test/support/fake-provider/read-answer.js';
import { AnswerBuilder, MAX_ANSWER_CHARS } from '../answer-builder.js';
import { ALL_CAPABILITIES } from '../capabilities/capabilities.js';
import type { ModelMessage, ModelRequest } from '../language-model.js';
import { createAnthropicProtocol } from './anthropic.protocol.js';

const protocol = createAnthropicProtocol('https://api.test', 'key');

function requestOf(messages: ModelMessage[], maxTokens?: number): ModelRequest {
  const requester = {
    userId: 'u',
    organizationId: null,
    keyId: null,
    hasSecondFactor: false,
    conversationId: null,
  };
  return { model: 'm', messages, requester, ...(maxTokens === undefined ? {} : { maxTokens }) };
}

function parseStream(...events: object[]): AnswerBuilder {
  const builder = new AnswerBuilder('m');
  for (const event of events) protocol.readPayload(event, builder);
  return builder;
}

const textDelta = (text: string): object => ({
  type: 'content_block_delta',
  delta: { type: 'text_delta', text },
});
const STOP = { type: 'message_stop' };

describe("a request in Anthropic's protocol", () => {
  it.each([
    ['https://api.test', '/v1/messages'],
    ['https://api.test/', '/v1/messages'],
    ['https://api.test/v1', '/v1/messages'],
    ['https://api.test/v1/', '/v1/messages'],
    ['https://proxy.test/anthropic', '/anthropic/v1/messages'],
  ])('of %s goes to %s', (baseUrl, path) => {
    expect(
      createAnthropicProtocol(baseUrl, 'key').buildRequest(requestOf([]), false, ALL_CAPABILITIES).path,
    ).toBe(path);
  });

  it('has the version and the key as headers', () => {
    expect(protocol.buildRequest(requestOf([]), true, ALL_CAPABILITIES).headers).toMatchObject({
      'anthropic-version': '2023-06-01',
      'x-api-key': 'key',
    });
    const keyless = createAnthropicProtocol('https://api.test', undefined);
    expect(keyless.buildRequest(requestOf([]), true, ALL_CAPABILITIES).headers).not.toHaveProperty(
      'x-api-key',
    );
  });

  it('has a limit even without one of its own, and the system message separately', () => {
    const messages: ModelMessage[] = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ];
    expect(
      JSON.parse(protocol.buildRequest(requestOf(messages), false, ALL_CAPABILITIES).body ?? ''),
    ).toEqual({
      model: 'm',
      max_tokens: 8192,
      messages: [{ role: 'user', content: 'Hi' }],
      stream: false,
      system: 'Be brief.',
    });
    const limited = JSON.parse(
      protocol.buildRequest(requestOf([], 7), true, ALL_CAPABILITIES).body ?? '',
    ) as object;
    expect(limited).toMatchObject({ max_tokens: 7, stream: true });
    expect(limited).not.toHaveProperty('system');
  });
});

describe("a whole answer in Anthropic's protocol", () => {
  const answer = { type: 'message', content: [{ type: 'text', text: 'Hello.' }], stop_reason: 'end_turn' };

  it('joins its text blocks and skips the others', () => {
    const content = [
      { type: 'thinking', thinking: 'hm' },
      { type: 'text', text: 'Hel' },
      null,
      { type: 'text', text: 'lo.' },
    ];
    expect(readAnswer(protocol, [{ ...answer, content }], 'm').content).toBe('Hello.');
    expect(readAnswer(protocol, [{ ...answer, content }]).reasoning).toBe('hm');
  });

  it('adds cached input to the usage', () => {
    const usage = {
      input_tokens: 1,
      cache_creation_input_tokens: 10,
      cache_read_input_tokens: 100,
      output_tokens: 5,
    };
    expect(readAnswer(protocol, [{ ...answer, usage }], 'm').usage).toEqual({
      inputTokens: 111,
      outputTokens: 5,
    });
  });

  it.each([
    ['end_turn', 'stop'],
    ['tool_use', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['refusal', 'content_filter'],
  ])('takes the stop reason %s as %s', (stop_reason, finishReason) => {
    expect(readAnswer(protocol, [{ ...answer, stop_reason }], 'm').finishReason).toBe(finishReason);
  });

  it.each([
    [{}, 'incomplete_answer'],
    [null, 'incomplete_answer'],
    [{ ...answer, content: [] }, 'empty_answer'],
    [{ ...answer, stop_reason: 'something_new' }, 'incomplete_answer'],
    [{ ...answer, stop_reason: null }, 'incomplete_answer'],
    [{ type: 'error', error: { type: 'overloaded_error' } }, 'busy'],
  ])('throws for %j', (body, reason) => {
    expect(() => readAnswer(protocol, [body], 'm')).toThrow(reason);
  });
});

describe("a stream in Anthropic's protocol", () => {
  it('is complete only after message_stop', () => {
    const finished = {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn' },
      usage: { output_tokens: 3 },
    };
    const builder = parseStream(textDelta('Hi'), finished);
    expect(builder).toMatchObject({ isComplete: false, isClosed: false, finishReason: 'stop' });
    protocol.readPayload(STOP, builder);
    expect(builder).toMatchObject({ isComplete: true, isClosed: true });
    expect(builder.drainText(true)).toBe('Hi');
  });

  it('keeps the largest of each count', () => {
    const builder = parseStream(
      { type: 'message_start', message: { model: 'real', usage: { input_tokens: 9, output_tokens: 1 } } },
      { type: 'message_delta', usage: { output_tokens: 5 } },
      { type: 'message_delta', usage: { output_tokens: 8 } },
      { type: 'message_delta', usage: { output_tokens: 'many', input_tokens: 0 } },
    );
    expect(builder.toMetadata()).toMatchObject({
      model: 'real',
      usage: { inputTokens: 9, outputTokens: 8 },
    });
  });

  it('counts thinking as progress, and skips unknown events and deltas', () => {
    const builder = parseStream(
      { type: 'content_block_start', content_block: { type: 'text', text: 'a' } },
      { type: 'content_block_delta', delta: { type: 'signature_delta', signature: 'x', text: 'no' } },
      { type: 'brand_new', text: 'no' },
      { type: 'ping' },
      {},
    );
    expect(builder.drainText(true)).toBe('a');
    builder.consumeProgress();
    protocol.readPayload(
      JSON.parse('{"type":"content_block_delta","delta":{"type":"thinking_delta","thinking":"x"}}'),
      builder,
    );
    expect([builder.consumeProgress(), builder.drainText(true)]).toEqual([true, '']);
  });

  it('keeps the finish reason length of an answer that was truncated here', () => {
    const stopReason = { type: 'message_delta', delta: { stop_reason: 'end_turn' } };
    expect(parseStream(textDelta('x'.repeat(MAX_ANSWER_CHARS + 1)), stopReason).finishReason).toBe('length');
  });

  it('throws for an error event', () => {
    expect(() => parseStream({ type: 'error', error: { type: 'rate_limit_error' } })).toThrow('rate_limited');
  });

  it('has no list of models', () => {
    expect(protocol.listModelsRequest).toBeUndefined();
  });
});
