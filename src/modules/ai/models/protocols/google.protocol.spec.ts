import fc from 'fast-check';
import { readAnswer } from '@test/support/fake-provider/read-answer.js';
import { AnswerBuilder, MAX_ANSWER_CHARS } from '../answer-builder.js';
import { ALL_CAPABILITIES } from '../capabilities/capabilities.js';
import type { ModelRequest } from '../language-model.js';
import { createGoogleProtocol } from './google.protocol.js';

const protocol = createGoogleProtocol('https://api.test', 'key');
const REQUEST: ModelRequest = {
  model: 'gemini',
  messages: [{ role: 'user', content: 'Hi' }],
  requester: { userId: 'u', organizationId: null, keyId: null, hasSecondFactor: false, conversationId: null },
};

function parseStream(...chunks: object[]): AnswerBuilder {
  const builder = new AnswerBuilder('m');
  for (const chunk of chunks) protocol.readPayload(chunk, builder);
  return builder;
}

const parts = (...texts: object[]): object => ({ content: { parts: texts } });
const candidate = (fields: object): object => ({ candidates: [{ index: 0, ...fields }] });

describe("a request in Google's protocol", () => {
  it.each([
    ['https://api.test', 'gemini', '/v1beta/models/gemini:generateContent'],
    ['https://api.test/', 'models/gemini', '/v1beta/models/gemini:generateContent'],
    ['https://api.test/v1', 'tunedModels/my model', '/v1/tunedModels/my%20model:generateContent'],
    ['https://api.test', 'a?b=c#d', '/v1beta/models/a%3Fb%3Dc%23d:generateContent'],
    ['https://api.test', 'a%2Fb', '/v1beta/models/a%252Fb:generateContent'],
  ])('of %s for %s goes to %s', (baseUrl, model, path) => {
    expect(
      createGoogleProtocol(baseUrl, 'k').buildRequest({ ...REQUEST, model }, false, ALL_CAPABILITIES).path,
    ).toBe(path);
  });

  it.each(['', '.', '..', '/', 'a/..', '../a', 'a//b', 'models/', '...'])(
    'is not built for the model %j',
    (model) => {
      expect(() => protocol.buildRequest({ ...REQUEST, model }, false, ALL_CAPABILITIES)).toThrow(
        'model_unknown',
      );
    },
  );

  it('stays below the base path for any name of a model', () => {
    const name = fc.string({
      unit: fc.constantFrom('.', '/', '%', '2', 'e', '?', '#', ':', '\\', 'a', 'é'),
      maxLength: 9,
    });
    fc.assert(
      fc.property(name, (model) => {
        let path: string;
        try {
          ({ path } = protocol.buildRequest({ ...REQUEST, model }, false, ALL_CAPABILITIES));
        } catch (error) {
          expect(error).toMatchObject({ reason: 'model_unknown' });
          return;
        }
        const url = new URL(`https://api.test${path}`);
        expect(url.pathname.startsWith('/v1beta/')).toBe(true);
        expect([url.search, url.hash]).toEqual(['', '']);
      }),
    );
  });

  it('streams server-sent events', () => {
    expect(protocol.buildRequest(REQUEST, true, ALL_CAPABILITIES).path).toMatch(
      /:streamGenerateContent\?alt=sse$/,
    );
  });

  it('has the key in a header, the system message separately and the assistant as the model', () => {
    const call = protocol.buildRequest(
      {
        ...REQUEST,
        maxTokens: 9,
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content: 'Hello.' },
        ],
      },
      false,
      ALL_CAPABILITIES,
    );
    expect(call.headers).toMatchObject({ 'x-goog-api-key': 'key' });
    expect(call.path).not.toContain('key');
    expect(JSON.parse(call.body ?? '')).toEqual({
      contents: [
        { role: 'user', parts: [{ text: 'Hi' }] },
        { role: 'model', parts: [{ text: 'Hello.' }] },
      ],
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      generationConfig: { maxOutputTokens: 9 },
    });
  });
});

describe("a whole answer in Google's protocol", () => {
  it('joins the texts without thoughts', () => {
    const body = {
      modelVersion: 'real',
      usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 4, thoughtsTokenCount: 5 },
      ...candidate({
        ...parts({ text: 'no', thought: true }, { text: 'Hel' }, {}, { text: 'lo.' }),
        finishReason: 'STOP',
      }),
    };
    expect(readAnswer(protocol, [body], 'm')).toEqual({
      content: 'Hello.',
      reasoning: 'no',
      model: 'real',
      finishReason: 'stop',
      usage: { inputTokens: 3, outputTokens: 9 },
      sources: [],
    });
  });

  it('is empty and filtered when the prompt was blocked', () => {
    const blocked = { promptFeedback: { blockReason: 'SAFETY' } };
    expect(readAnswer(protocol, [blocked], 'm')).toMatchObject({
      content: '',
      finishReason: 'content_filter',
    });
  });

  it.each([
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['SAFETY', 'content_filter'],
    ['RECITATION', 'content_filter'],
  ])('takes the finish reason %s as %s', (finishReason, expected) => {
    expect(
      readAnswer(protocol, [candidate({ ...parts({ text: 'a' }), finishReason })], 'm').finishReason,
    ).toBe(expected);
  });

  it.each([
    [{}, 'incomplete_answer'],
    [null, 'incomplete_answer'],
    [{ candidates: [] }, 'incomplete_answer'],
    [candidate({ finishReason: 'STOP' }), 'empty_answer'],
    [candidate({ ...parts({ text: 'a' }), finishReason: 'SOMETHING_NEW' }), 'incomplete_answer'],
    [candidate(parts({ text: 'a' })), 'incomplete_answer'],
    [candidate({ finishReason: '' }), 'incomplete_answer'],
    [candidate({ finishReason: 'FINISH_REASON_UNSPECIFIED' }), 'incomplete_answer'],
    [{ error: { status: 'RESOURCE_EXHAUSTED' } }, 'rate_limited'],
  ])('throws for %j', (body, reason) => {
    expect(() => readAnswer(protocol, [body], 'm')).toThrow(reason);
  });

  it('counts only thoughts when there is no text', () => {
    const usageMetadata = { promptTokenCount: 3, thoughtsTokenCount: 5 };
    expect(
      readAnswer(protocol, [{ ...candidate({ finishReason: 'MAX_TOKENS' }), usageMetadata }], 'm').usage,
    ).toEqual({
      inputTokens: 3,
      outputTokens: 5,
    });
  });
});

describe("a stream in Google's protocol", () => {
  it('collects text, and is complete with a finish reason', () => {
    const builder = parseStream(
      { modelVersion: 'real', ...candidate(parts({ text: 'Hel' })) },
      candidate({ ...parts({ text: 'lo.' }), finishReason: 'STOP' }),
      { usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2 } },
    );
    expect(builder.drainText(true)).toBe('Hello.');
    expect(builder).toMatchObject({
      model: 'real',
      isComplete: true,
      isClosed: false,
    });
    expect(builder.toMetadata().usage).toEqual({ inputTokens: 1, outputTokens: 2 });
  });

  it('counts thoughts as progress without text', () => {
    const builder = parseStream(candidate(parts({ text: 'thinking', thought: true })));
    expect([builder.consumeProgress(), builder.drainText(true)]).toEqual([true, '']);
  });

  it('is complete when the prompt was blocked', () => {
    const builder = parseStream({ promptFeedback: { blockReason: 'OTHER' } });
    expect(builder).toMatchObject({ isComplete: true, finishReason: 'content_filter' });
  });

  it('keeps the finish reason length of an answer that was truncated here', () => {
    const long = parts({ text: 'x'.repeat(MAX_ANSWER_CHARS + 1) });
    expect(parseStream(candidate(long), candidate({ finishReason: 'STOP' })).finishReason).toBe('length');
  });

  it('throws for an error', () => {
    expect(() => parseStream({ error: { code: 503 } })).toThrow('busy');
  });
});
