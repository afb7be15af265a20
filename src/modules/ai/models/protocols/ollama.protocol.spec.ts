import { AnswerBuilder, MAX_ANSWER_CHARS } from '../answer-builder.js';
import type { ModelRequest } from '../language-model.js';
import { createOllamaProtocol } from './ollama.protocol.js';
import { uniqueNames } from './provider-protocol.js';

const protocol = createOllamaProtocol('http://localhost:11434/', undefined);
const REQUEST: ModelRequest = {
  model: 'llama',
  messages: [{ role: 'user', content: 'Hi' }],
  requester: { userId: 'u', organizationId: null, keyId: null, hasSecondFactor: false, conversationId: null },
};

function parseStream(...chunks: object[]): AnswerBuilder {
  const builder = new AnswerBuilder('m');
  for (const chunk of chunks) protocol.parseEvent(JSON.stringify(chunk), builder);
  return builder;
}

const message = (content: string): object => ({ message: { role: 'assistant', content }, done: false });

describe("a request in Ollama's protocol", () => {
  it('has the messages unchanged, and a limit only when there is one', () => {
    const call = protocol.buildRequest(REQUEST, true);
    expect(call).toMatchObject({ method: 'POST', origin: 'http://localhost:11434', path: '/api/chat' });
    expect(JSON.parse(call.body ?? '')).toEqual({ model: 'llama', messages: REQUEST.messages, stream: true });
    const limited = protocol.buildRequest({ ...REQUEST, maxTokens: 9 }, false);
    expect(JSON.parse(limited.body ?? '')).toMatchObject({ stream: false, options: { num_predict: 9 } });
  });

  it('has a key only when there is one', () => {
    expect(protocol.buildRequest(REQUEST, true).headers).not.toHaveProperty('authorization');
    const keyed = createOllamaProtocol('http://localhost:11434', 'key');
    expect(keyed.buildRequest(REQUEST, true).headers).toMatchObject({ authorization: 'Bearer key' });
  });
});

describe("a whole answer in Ollama's protocol", () => {
  const answer = { ...message('Hello.'), done: true };

  it('has its text, model and usage', () => {
    const body = { ...answer, model: 'real', prompt_eval_count: 3, eval_count: 4 };
    expect(protocol.parseResponse(body, 'm')).toEqual({
      content: 'Hello.',
      model: 'real',
      finishReason: 'stop',
      usage: { inputTokens: 3, outputTokens: 4 },
      sources: [],
    });
  });

  it('counts a missing count as 0 when the other one is there', () => {
    expect(protocol.parseResponse({ ...answer, eval_count: 4 }, 'm').usage).toEqual({
      inputTokens: 0,
      outputTokens: 4,
    });
    expect(protocol.parseResponse({ ...answer, prompt_eval_count: 4 }, 'm').usage).toEqual({
      inputTokens: 4,
      outputTokens: 0,
    });
    expect(protocol.parseResponse(answer, 'm').usage).toBeNull();
  });

  it.each([
    [{}, 'malformed_answer'],
    [null, 'malformed_answer'],
    [{ message: { content: 5 }, done: true }, 'malformed_answer'],
    [message('Hello.'), 'incomplete_answer'],
    [{ ...answer, done: 'true' }, 'incomplete_answer'],
    [{ error: 'model not found' }, 'server_error'],
  ])('throws for %j', (body, reason) => {
    expect(() => protocol.parseResponse(body, 'm')).toThrow(reason);
  });
});

describe("a stream in Ollama's protocol", () => {
  it('is complete and closed with its last object', () => {
    const last = { ...message(''), done: true, done_reason: 'length', prompt_eval_count: 1, eval_count: 2 };
    const builder = parseStream({ model: 'real', ...message('Hel') }, message('lo.'));
    expect(builder).toMatchObject({ isComplete: false, isClosed: false });
    protocol.parseEvent(JSON.stringify(last), builder);
    expect(builder.drainText(true)).toBe('Hello.');
    expect(builder).toMatchObject({
      model: 'real',
      finishReason: 'length',
      isComplete: true,
      isClosed: true,
      usage: { inputTokens: 1, outputTokens: 2 },
    });
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
});

describe('uniqueNames', () => {
  it('keeps the first of equal names, and their order', () => {
    expect(uniqueNames(['b', '', 'a', 'b', 'A', 'a'])).toEqual(['b', 'a', 'A']);
    expect(uniqueNames([])).toEqual([]);
  });
});
