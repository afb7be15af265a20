import { MAX_ANSWER_CHARS } from './answer-builder.js';
import { AnswerReader, GATHER_MS } from './answer-reader.js';
import type { AnswerMetadata } from './language-model.js';
import { ModelFailure } from './model-failure.js';
import { createOllamaProtocol } from './protocols/ollama.protocol.js';
import { createOpenAiProtocol } from './protocols/openai.protocol.js';

const EVENTS = createOpenAiProtocol('https://api.test', 'key', 'openai');
const LINES = createOllamaProtocol('https://api.test', undefined, { maxContext: 4096 });
const event = (delta: object, finish_reason: string | null = null): Buffer =>
  Buffer.from(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`);
const text = (content: string): Buffer => event({ content });
const STOP = event({}, 'stop');
const DONE = Buffer.from('data: [DONE]\n\n');
const nextTick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

describe('AnswerReader', () => {
  let texts: string[];
  let completed: AnswerMetadata[];
  let errors: unknown[];
  let handler: AnswerReader;

  function createHandler(protocol = EVENTS): AnswerReader {
    // Text that a handler of an earlier test still flushes must not reach this test.
    const received = texts;
    return new AnswerReader(protocol, 'm', {
      onText: (part) => received.push(part),
      onReasoning: undefined,
      onComplete: (metadata) => completed.push(metadata),
      onError: (error) => errors.push(error),
    });
  }

  beforeEach(() => {
    [texts, completed, errors] = [[], [], []];
    handler = createHandler();
  });

  it('passes on the text of all chunks of one turn of the event loop together', async () => {
    for (const part of ['One', ', two', ', three']) handler.onData(text(part));
    expect(texts).toEqual([]);
    await nextTick();
    expect(texts).toEqual(['One, two, three']);
  });

  it('passes on what follows within a few milliseconds together, and text after a pause at once', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick'] });
    try {
      const receive = async (...parts: string[]): Promise<void> => {
        for (const part of parts) {
          handler.onData(text(part));
          await nextTick();
        }
      };
      await receive('One', ', two', ', three');
      expect(texts).toEqual(['One']);
      jest.advanceTimersByTime(GATHER_MS);
      expect(texts).toEqual(['One', ', two, three']);
      jest.advanceTimersByTime(GATHER_MS);
      await receive('.');
      expect(texts).toEqual(['One', ', two, three', '.']);
      await receive(' End');
      handler.onData(text(' of it'));
      handler.onData(STOP);
      handler.onData(DONE);
      expect([texts.at(-1), completed.length]).toEqual([' End of it', 1]);
      jest.advanceTimersByTime(GATHER_MS);
      expect(texts).toHaveLength(4);
    } finally {
      jest.useRealTimers();
    }
  });

  it('reports progress for text and reasoning, and none for comments and halves of events', () => {
    expect(handler.onData(text('a'))).toBe('progress');
    expect(handler.onData(event({ reasoning: 'hm' }))).toBe('progress');
    expect(handler.onData(Buffer.from(': ping\n\n'))).toBe('no_progress');
    expect(handler.onData(text('b').subarray(0, 10))).toBe('no_progress');
    expect(handler.onData(text('b').subarray(10))).toBe('progress');
  });

  it('completes once, with all text before', () => {
    handler.onData(text('Hello.'));
    handler.onData(STOP);
    expect(completed).toEqual([]);
    expect(handler.onData(DONE)).toBe('complete');
    handler.onEnd();
    expect(texts.join('')).toBe('Hello.');
    expect(completed).toEqual([{ model: 'm', usage: null, finishReason: 'stop', sources: [] }]);
  });

  it('completes at the end of the body without a closing event', () => {
    handler.onData(text('Hello.'));
    handler.onData(STOP);
    handler.onEnd();
    expect(completed).toHaveLength(1);
  });

  it('discards the rest of an answer that is too long', () => {
    expect(handler.onData(text('x'.repeat(MAX_ANSWER_CHARS + 1)))).toBe('discard_rest');
    expect(texts.join('')).toHaveLength(MAX_ANSWER_CHARS);
    expect(completed).toMatchObject([{ finishReason: 'length' }]);
  });

  it('throws incomplete_answer for an end without a finish reason', () => {
    handler.onData(text('Hel'));
    expect(() => handler.onEnd()).toThrow('incomplete_answer');
    expect(() => createHandler().onData(DONE)).toThrow('incomplete_answer');
    expect(completed).toEqual([]);
  });

  it('throws incomplete_answer for a body that ends inside a JSON value', () => {
    const lines = createHandler(LINES);
    lines.onData(Buffer.from('{"message":{"content":"Hel"}}\n{"mess'));
    expect(() => lines.onEnd()).toThrow('incomplete_answer');
  });

  it('throws malformed_answer for a complete event that is not JSON', () => {
    expect(() => handler.onData(Buffer.from('data: {nonsense}\n\n'))).toThrow('malformed_answer');
  });

  it('parses a JSON body of a server that does not stream', () => {
    const body = JSON.stringify({ choices: [{ message: { content: 'Hello.' }, finish_reason: 'stop' }] });
    expect(handler.onData(Buffer.from(body.slice(0, 20)))).toBe('no_progress');
    handler.onData(Buffer.from(body.slice(20)));
    handler.onEnd();
    expect([texts.join(''), completed.length]).toEqual(['Hello.', 1]);
  });

  it('throws the error of a JSON body in place of a stream', () => {
    handler.onData(Buffer.from('{"error":{"code":"rate_limit_exceeded"}}'));
    expect(() => handler.onEnd()).toThrow('rate_limited');
  });

  it.each(['incomplete_answer', 'fell_silent', 'no_answer_in_time'] as const)(
    'completes when the model has finished before %s',
    (reason) => {
      handler.onData(text('Hello.'));
      handler.onData(STOP);
      handler.onError(new ModelFailure(reason));
      expect([texts.join(''), completed.length, errors.length]).toEqual(['Hello.', 1, 0]);
    },
  );

  it('fails with any other error, also after the model has finished', () => {
    handler.onData(text('Hello.'));
    handler.onData(STOP);
    const error = new ModelFailure('malformed_answer');
    handler.onError(error);
    expect([completed, errors]).toEqual([[], [error]]);
  });

  it('reports an event without a token as a sign of life', () => {
    expect(handler.onData(event({ role: 'assistant', content: '' }))).toBe('alive');
    expect(handler.onData(Buffer.from('data: {"choices":[],"usage":{"prompt_tokens":3}}\n\n'))).toBe('alive');
    expect(handler.onData(Buffer.from('data: \n\nevent: ping\ndata:\n\n'))).toBe('no_progress');
  });

  it('fails for an empty answer, with what was received', () => {
    handler.onData(event({ reasoning: 'hmm' }));
    handler.onData(STOP);
    handler.onData(DONE);
    expect(errors).toEqual([new ModelFailure('empty_answer')]);
    expect(errors[0]).toMatchObject({ received: { characters: 3, usage: null } });
    expect(completed).toEqual([]);
  });

  it('passes on the text before an error, and nothing after it', async () => {
    handler.onData(text('Hel'));
    const error = new ModelFailure('fell_silent');
    handler.onError(error);
    handler.onError(new ModelFailure('unreachable'));
    await nextTick();
    expect(texts).toEqual(['Hel']);
    expect(errors).toEqual([error]);
  });

  it('ignores an error after the answer is complete', () => {
    handler.onData(text('Hello.'));
    handler.onData(STOP);
    handler.onData(DONE);
    handler.onError(new ModelFailure('unreachable'));
    expect([completed.length, errors.length]).toEqual([1, 0]);
  });
});
