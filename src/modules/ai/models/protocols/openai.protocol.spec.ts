import { AnswerBuilder, MAX_ANSWER_CHARS } from '../answer-builder.js';
import type { ModelRequest } from '../language-model.js';
import { createOpenAiProtocol } from './openai.protocol.js';

const REQUEST: ModelRequest = {
  model: 'm',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hi' },
  ],
  requester: { userId: 'u', organizationId: null, keyId: null, hasSecondFactor: false, conversationId: null },
};
const official = createOpenAiProtocol('https://api.test/v1/', 'key', 'openai');
const compatible = createOpenAiProtocol('http://localhost:8000', undefined, 'compatible');

function parseStream(...events: (object | string)[]): AnswerBuilder {
  const builder = new AnswerBuilder('m');
  for (const event of events)
    official.parseEvent(typeof event === 'string' ? event : JSON.stringify(event), builder);
  return builder;
}

const choice = (fields: object): object => ({ choices: [{ index: 0, ...fields }] });

describe("a request in OpenAI's protocol", () => {
  const bodyOf = (protocol: typeof official, request: ModelRequest, streaming: boolean): unknown =>
    JSON.parse(protocol.buildRequest(request, streaming).body ?? '');

  it('has the messages unchanged, and the key in a header', () => {
    const call = official.buildRequest(REQUEST, false);
    expect(call).toMatchObject({
      method: 'POST',
      origin: 'https://api.test',
      path: '/v1/chat/completions',
      headers: { authorization: 'Bearer key' },
    });
    expect(bodyOf(official, REQUEST, false)).toEqual({
      model: 'm',
      messages: REQUEST.messages,
      stream: false,
    });
  });

  it('asks for the usage of a stream', () => {
    expect(bodyOf(official, REQUEST, true)).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('limits tokens under the name that the flavour knows', () => {
    const limited = { ...REQUEST, maxTokens: 9 };
    expect(bodyOf(official, limited, false)).toMatchObject({ max_completion_tokens: 9 });
    expect(bodyOf(official, limited, false)).not.toHaveProperty('max_tokens');
    expect(bodyOf(compatible, limited, false)).toMatchObject({ max_tokens: 9 });
  });

  it('has no authorization without a key', () => {
    expect(compatible.buildRequest(REQUEST, false).headers).not.toHaveProperty('authorization');
    expect(compatible.listModelsRequest?.().path).toBe('/models');
  });

  it('never contains fields that a message carries by accident', () => {
    const messages = [{ role: 'user' as const, content: 'Hi', id: 'internal' }];
    expect(bodyOf(official, { ...REQUEST, messages }, false)).toMatchObject({
      messages: [{ role: 'user', content: 'Hi' }],
    });
    expect(official.buildRequest({ ...REQUEST, messages }, false).body).not.toContain('internal');
  });
});

describe("a whole answer in OpenAI's protocol", () => {
  it.each([
    ['text', 'Hello.', 'Hello.'],
    ['null', null, ''],
    ['a list of parts', [{ type: 'text', text: 'Hel' }, { type: 'image' }, { text: 'lo.' }], 'Hello.'],
    ['another type', 5, ''],
  ])('may have %s as its content', (_what, content, expected) => {
    expect(official.parseResponse(choice({ message: { content } }), 'm').content).toBe(expected);
  });

  it('takes the choice with index 0, the reported model and the usage', () => {
    const body = {
      model: 'real',
      usage: { prompt_tokens: 3, completion_tokens: 4 },
      choices: [
        { index: 1, message: { content: 'no' } },
        { index: 0, message: { content: 'yes' }, finish_reason: 'length' },
      ],
    };
    expect(official.parseResponse(body, 'm')).toEqual({
      content: 'yes',
      model: 'real',
      finishReason: 'length',
      usage: { inputTokens: 3, outputTokens: 4 },
      sources: [],
    });
  });

  it.each([
    [undefined],
    [null],
    [{ prompt_tokens: 1 }],
    [{ prompt_tokens: -1, completion_tokens: 1 }],
    ['many'],
  ])('has no usage for %j', (usage) => {
    expect(official.parseResponse({ ...choice({ message: { content: '' } }), usage }, 'm').usage).toBeNull();
  });

  it.each([
    [null],
    ['text'],
    [{}],
    [{ choices: [] }],
    [{ choices: [{ index: 1, message: {} }] }],
    [choice({})],
  ])('is malformed: %j', (body) => {
    expect(() => official.parseResponse(body, 'm')).toThrow('malformed_answer');
  });

  it.each([
    [{ error: { code: 'rate_limit_exceeded' } }, 'rate_limited'],
    [{ error: 'down' }, 'server_error'],
    [{ object: 'error', code: 429 }, 'rate_limited'],
    [choice({ message: { content: 'x' }, finish_reason: 'error' }), 'server_error'],
  ])('is an error: %j', (body, reason) => {
    expect(() => official.parseResponse(body, 'm')).toThrow(reason);
  });

  it('ignores an empty error field', () => {
    expect(
      official.parseResponse({ ...choice({ message: { content: 'x' } }), error: null }, 'm').content,
    ).toBe('x');
  });
});

describe("a stream in OpenAI's protocol", () => {
  it('collects text, and keeps the usage of the chunk without choices', () => {
    const builder = parseStream(
      { model: 'real', ...choice({ delta: { role: 'assistant', content: '' } }) },
      choice({ delta: { content: 'Hel' } }),
      choice({ delta: { content: 'lo.' }, finish_reason: 'stop' }),
      { choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } },
      '[DONE]',
    );
    expect(builder.drainText(true)).toBe('Hello.');
    expect(builder).toMatchObject({
      model: 'real',
      finishReason: 'stop',
      isComplete: true,
      isClosed: true,
      usage: { inputTokens: 1, outputTokens: 2 },
    });
  });

  it('is not complete when it is closed without a finish reason', () => {
    expect(parseStream(choice({ delta: { content: 'a' } }), '[DONE]')).toMatchObject({
      isClosed: true,
      isComplete: false,
    });
  });

  it.each(['reasoning_content', 'reasoning'])('counts %s as progress without text', (field) => {
    const builder = parseStream(choice({ delta: { [field]: 'thinking' } }));
    expect([builder.consumeProgress(), builder.drainText(true)]).toEqual([true, '']);
  });

  it('keeps a usage that a later chunk replaces with null', () => {
    const usage = { prompt_tokens: 1, completion_tokens: 2 };
    expect(parseStream({ ...choice({}), usage }, { ...choice({}), usage: null }).usage).toEqual({
      inputTokens: 1,
      outputTokens: 2,
    });
  });

  it('ignores other alternatives and unknown fields', () => {
    const builder = parseStream({ choices: [{ index: 1, delta: { content: 'no' } }] }, { id: 'x' }, {});
    expect(builder.drainText(true)).toBe('');
    expect(builder.isComplete).toBe(false);
  });

  it.each(['tool_calls', 'function_call', 'stop'])('takes the finish reason %s as stop', (finish_reason) => {
    expect(parseStream(choice({ finish_reason })).finishReason).toBe('stop');
  });

  it('keeps the finish reason length of an answer that was truncated here', () => {
    const builder = parseStream(
      choice({ delta: { content: 'x'.repeat(MAX_ANSWER_CHARS + 1) } }),
      choice({ finish_reason: 'stop' }),
    );
    expect(builder.finishReason).toBe('length');
  });

  it('throws for an error, and for an event that is not JSON', () => {
    expect(() => parseStream({ error: { type: 'overloaded_error' } })).toThrow('busy');
    expect(() => parseStream('not json')).toThrow('malformed_answer');
  });
});

describe("a list of models in OpenAI's protocol", () => {
  it('has each usable name once, in order', () => {
    const body = { data: [{ id: 'b' }, { id: 'a' }, { id: 'b' }, { id: '' }, {}, null, { id: 5 }] };
    expect(official.parseModelList?.(body)).toEqual(['b', 'a']);
  });

  it.each([[null], [{}], [{ data: 'x' }], [[]]])('is empty for %j', (body) => {
    expect(official.parseModelList?.(body)).toEqual([]);
  });
});
