import { readAnswer } from '@test/support/fake-provider/read-answer.js';
import { AnswerBuilder, MAX_ANSWER_CHARS } from '../answer-builder.js';
import { ALL_CAPABILITIES } from '../capabilities/capabilities.js';
import type { ModelRequest } from '../language-model.js';
import { createOllamaProtocol } from './ollama.protocol.js';

const protocol = createOllamaProtocol('http://localhost:11434/', undefined, { maxContext: 16_384 });
const REQUEST: ModelRequest = {
  model: 'llama',
  messages: [{ role: 'user', content: 'Hi' }],
  requester: { userId: 'u', organizationId: null, keyId: null, hasSecondFactor: false, conversationId: null },
};

function parseStream(...chunks: object[]): AnswerBuilder {
  const builder = new AnswerBuilder('m');
  for (const chunk of chunks) protocol.readPayload(chunk, builder);
  return builder;
}

const message = (content: string): object => ({ message: { role: 'assistant', content }, done: false });

describe("a request in Ollama's protocol", () => {
  it('has a context, and a limit only when there is one', () => {
    const call = protocol.buildRequest(REQUEST, true, ALL_CAPABILITIES);
    expect(call).toMatchObject({ method: 'POST', origin: 'http://localhost:11434', path: '/api/chat' });
    expect(JSON.parse(call.body ?? '')).toEqual({
      model: 'llama',
      messages: REQUEST.messages,
      stream: true,
      options: { num_ctx: 4096 },
    });
    const limited = protocol.buildRequest({ ...REQUEST, maxTokens: 9 }, false, ALL_CAPABILITIES);
    expect(JSON.parse(limited.body ?? '')).toMatchObject({ stream: false, options: { num_predict: 9 } });
  });

  it.each([
    ['short', 4_096],
    ['x'.repeat(12_000), 8_192],
    ['語'.repeat(5_000), 8_192],
    ['x'.repeat(200_000), 16_384],
  ])('has a context for its prompt, within the limit of the operator', (content, num_ctx) => {
    const request = { ...REQUEST, messages: [{ role: 'user' as const, content }] };
    const body: unknown = JSON.parse(protocol.buildRequest(request, true, ALL_CAPABILITIES).body ?? '');
    expect(body).toMatchObject({ options: { num_ctx } });
  });

  it('has a key only when there is one', () => {
    expect(protocol.buildRequest(REQUEST, true, ALL_CAPABILITIES).headers).not.toHaveProperty(
      'authorization',
    );
    const keyed = createOllamaProtocol('http://localhost:11434', 'key', { maxContext: 1 });
    expect(keyed.buildRequest(REQUEST, true, ALL_CAPABILITIES).headers).toMatchObject({
      authorization: 'Bearer key',
    });
  });
});

describe("a whole answer in Ollama's protocol", () => {
  const answer = { ...message('Hello.'), done: true };

  it('has its text, model and usage', () => {
    const body = { ...answer, model: 'real', prompt_eval_count: 3, eval_count: 4 };
    expect(readAnswer(protocol, [body], 'm')).toEqual({
      content: 'Hello.',
      model: 'real',
      finishReason: 'stop',
      usage: { inputTokens: 3, outputTokens: 4 },
      sources: [],
    });
  });

  it('counts a missing input as 0, and a text without output tokens as not reported', () => {
    expect(readAnswer(protocol, [{ ...answer, eval_count: 4 }], 'm').usage).toEqual({
      inputTokens: 0,
      outputTokens: 4,
    });
    expect(readAnswer(protocol, [{ ...answer, prompt_eval_count: 4 }], 'm').usage).toBeNull();
    expect(readAnswer(protocol, [answer], 'm').usage).toBeNull();
  });

  it.each([
    [{}, 'incomplete_answer'],
    [null, 'incomplete_answer'],
    [{ message: { content: 5 }, done: true }, 'empty_answer'],
    [{ ...answer, done_reason: 'load' }, 'incomplete_answer'],
    [message('Hello.'), 'incomplete_answer'],
    [{ ...answer, done: 'true' }, 'incomplete_answer'],
    [{ error: 'model not found' }, 'server_error'],
  ])('throws for %j', (body, reason) => {
    expect(() => readAnswer(protocol, [body], 'm')).toThrow(reason);
  });
});

describe("a stream in Ollama's protocol", () => {
  it('is complete and closed with its last object', () => {
    const last = { ...message(''), done: true, done_reason: 'length', prompt_eval_count: 1, eval_count: 2 };
    const builder = parseStream({ model: 'real', ...message('Hel') }, message('lo.'));
    expect(builder).toMatchObject({ isComplete: false, isClosed: false });
    protocol.readPayload(last, builder);
    expect(builder.drainText(true)).toBe('Hello.');
    expect(builder).toMatchObject({
      model: 'real',
      finishReason: 'length',
      isComplete: true,
      isClosed: true,
    });
    expect(builder.toMetadata().usage).toEqual({ inputTokens: 1, outputTokens: 2 });
  });

  it('counts thinking as progress without text', () => {
    const builder = parseStream({ message: { content: '', thinking: 'x' } });
    expect([builder.consumeProgress(), builder.drainText(true)]).toEqual([true, '']);
  });

  it('keeps the finish reason length of an answer that was truncated here', () => {
    const builder = parseStream(message('x'.repeat(MAX_ANSWER_CHARS + 1)), {
      done: true,
      done_reason: 'stop',
    });
    expect(builder.finishReason).toBe('length');
  });

  it('throws for an error in the middle', () => {
    expect(() => parseStream(message('Hel'), { error: 'out of memory' })).toThrow('server_error');
  });
});

describe("a list of models in Ollama's protocol", () => {
  it('has each usable name once, in order', () => {
    expect(protocol.listModelsRequest?.()).toMatchObject({ method: 'GET', path: '/api/tags' });
    const body = { models: [{ name: 'b:latest' }, { name: 'a' }, { name: 'b:latest' }, {}, null] };
    expect(protocol.parseModelList?.(body)).toEqual(['b:latest', 'a']);
    expect(protocol.parseModelList?.('nonsense')).toEqual([]);
  });

  it('leaves out models for embeddings', () => {
    const models = [
      { name: 'mystery', capabilities: ['embedding'], details: { family: 'bert' } },
      { name: 'old', details: { family: 'nomic-bert' } },
      { name: 'nomic-embed-text' },
      { name: 'embedder-that-chats', capabilities: ['completion', 'tools'] },
    ];
    expect(protocol.parseModelList?.({ models })).toEqual(['embedder-that-chats']);
  });
});
