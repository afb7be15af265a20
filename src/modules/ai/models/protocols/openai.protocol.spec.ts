import { readAnswer } from '@test/support/fake-provider/read-answer.js';
import { AnswerBuilder, MAX_ANSWER_CHARS } from '../answer-builder.js';
import { ALL_CAPABILITIES } from '../capabilities/capabilities.js';
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

function parseStream(...events: object[]): AnswerBuilder {
  const builder = new AnswerBuilder('m');
  for (const event of events) official.readPayload(event, builder);
  return builder;
}

const choice = (fields: object): object => ({ choices: [{ index: 0, ...fields }] });

describe("a request in OpenAI's protocol", () => {
  const bodyOf = (protocol: typeof official, request: ModelRequest, streaming: boolean): unknown =>
    JSON.parse(protocol.buildRequest(request, streaming, ALL_CAPABILITIES).body ?? '');

  it('has the messages unchanged, and the key in a header', () => {
    const call = official.buildRequest(REQUEST, false, ALL_CAPABILITIES);
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
    expect(compatible.buildRequest(REQUEST, false, ALL_CAPABILITIES).headers).not.toHaveProperty(
      'authorization',
    );
    expect(compatible.listModelsRequest?.().path).toBe('/models');
  });

  it('never contains fields that a message carries by accident', () => {
    const messages = [{ role: 'user' as const, content: 'Hi', id: 'internal' }];
    expect(bodyOf(official, { ...REQUEST, messages }, false)).toMatchObject({
      messages: [{ role: 'user', content: 'Hi' }],
    });
    expect(official.buildRequest({ ...REQUEST, messages }, false, ALL_CAPABILITIES).body).not.toContain(
      'internal',
    );
  });
});

describe("a whole answer in OpenAI's protocol", () => {
  it.each([
    ['text', 'Hello.', 'Hello.'],
    ['a list of parts', [{ type: 'text', text: 'Hel' }, { type: 'image' }, { text: 'lo.' }], 'Hello.'],
  ])('may have %s as its content', (_what, content, expected) => {
    expect(readAnswer(official, [choice({ message: { content } })], 'm').content).toBe(expected);
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
    expect(readAnswer(official, [body], 'm')).toEqual({
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
    [{ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }],
    ['many'],
  ])('has no usage for %j', (usage) => {
    expect(readAnswer(official, [{ ...choice({ message: { content: 'x' } }), usage }], 'm').usage).toBeNull();
  });

  it.each([[null], [{}], [{ choices: [] }], [{ choices: [{ index: 1, message: {} }] }], [choice({})]])(
    'is incomplete: %j',
    (body) => {
      expect(() => readAnswer(official, [body], 'm')).toThrow('incomplete_answer');
    },
  );

  it.each([
    [{ error: { code: 'rate_limit_exceeded' } }, 'rate_limited'],
    [{ error: 'down' }, 'server_error'],
    [{ object: 'error', code: 429 }, 'rate_limited'],
    [choice({ message: { content: 'x' }, finish_reason: 'error' }), 'server_error'],
  ])('is an error: %j', (body, reason) => {
    expect(() => readAnswer(official, [body], 'm')).toThrow(reason);
  });

  it.each([[null], ['  '], [{ message: '', code: null }], [{}], [[]]])(
    'ignores the empty error %j',
    (error) => {
      expect(readAnswer(official, [{ ...choice({ message: { content: 'x' } }), error }]).content).toBe('x');
    },
  );

  it.each([[null], ['  '], [[]], [undefined]])('fails when it is empty: %j', (content) => {
    const body = choice({ message: { content }, finish_reason: 'stop' });
    expect(() => readAnswer(official, [body])).toThrow('empty_answer');
  });

  it('shows the words of a refusal', () => {
    const message = { content: null, refusal: 'I cannot help with that.' };
    expect(readAnswer(official, [choice({ message, finish_reason: 'stop' })]).content).toBe(message.refusal);
  });
});

describe("a stream in OpenAI's protocol", () => {
  it('collects text, and keeps the usage of the chunk without choices', () => {
    const builder = parseStream(
      { model: 'real', ...choice({ delta: { role: 'assistant', content: '' } }) },
      choice({ delta: { content: 'Hel' } }),
      choice({ delta: { content: 'lo.' }, finish_reason: 'stop' }),
      { choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } },
    );
    expect(builder.drainText(true)).toBe('Hello.');
    expect(builder).toMatchObject({
      model: 'real',
      finishReason: 'stop',
      isComplete: true,
      isClosed: false,
    });
    expect(builder.toMetadata().usage).toEqual({ inputTokens: 1, outputTokens: 2 });
  });

  it.each([
    ['reasoning_content', 'hm'],
    ['reasoning', 'hm'],
    ['reasoning_text', 'hm'],
    [
      'reasoning_details',
      [
        { type: 'reasoning.text', text: 'h' },
        { type: 'reasoning.encrypted', data: 'm' },
      ],
    ],
    ['content', [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }]],
  ])('takes %s as thinking', (field, value) => {
    const builder = parseStream(choice({ delta: { [field]: value } }));
    expect([builder.consumeProgress(), builder.drainText(true), builder.drainReasoning()]).toEqual([
      true,
      '',
      'hm',
    ]);
  });

  it('keeps a usage that a later chunk replaces with null', () => {
    const usage = { prompt_tokens: 1, completion_tokens: 2 };
    expect(parseStream({ ...choice({}), usage }, { ...choice({}), usage: null }).toMetadata().usage).toEqual({
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

  it('throws for an error, unless the model has finished', () => {
    const error = { error: { type: 'overloaded_error' } };
    expect(() => parseStream(error)).toThrow('busy');
    expect(parseStream(choice({ finish_reason: 'stop' }), error).isComplete).toBe(true);
  });

  it('reads the usage of a choice', () => {
    const usage = { prompt_tokens: 3, completion_tokens: 4 };
    expect(parseStream(choice({ finish_reason: 'stop', usage })).toMetadata().usage).toEqual({
      inputTokens: 3,
      outputTokens: 4,
    });
  });
});

describe("a list of models in OpenAI's protocol", () => {
  it('has each usable name once, in order', () => {
    const body = { data: [{ id: 'b' }, { id: 'a' }, { id: 'b' }, { id: '' }, {}, null, { id: 5 }] };
    expect(official.parseModelList?.(body)).toEqual(['b', 'a']);
  });

  it('may be a bare array', () => {
    expect(official.parseModelList?.([{ id: 'b' }, 'a'])).toEqual(['b', 'a']);
  });

  it('leaves out models that cannot chat', () => {
    const data = [
      { id: 'text-embedding-3-small' },
      { id: 'bge-m3' },
      { id: 'x', type: 'embedding' },
      { id: 'rerank-v3' },
      { id: 'large' },
    ];
    expect(official.parseModelList?.({ data })).toEqual(['large']);
  });

  it.each([[null], [{}], [{ data: 'x' }], [[]]])('is empty for %j', (body) => {
    expect(official.parseModelList?.(body)).toEqual([]);
  });
});
