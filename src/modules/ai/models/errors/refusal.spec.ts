import { readErrorStatement } from './error-statement.js';
import { readRefusal, type Refusal, type SentParts } from './refusal.js';
import { StatedWords } from './stated-words.js';

const SENT: SentParts = {
  streamOptions: true,
  systemRole: true,
  tokenParameter: 'max_tokens',
  maxTokens: 8192,
};

function refusalOf(
  body: unknown,
  {
    status = 400,
    question = 'Hello?',
    sent = SENT,
  }: { status?: number; question?: string; sent?: SentParts } = {},
): Refusal | undefined {
  const statement = readErrorStatement(body, status);
  return readRefusal(statement, new StatedWords(statement.message, [question]), sent);
}

const withMessage = (message: string): object => ({ error: { message, type: 'invalid_request_error' } });

describe('a refusal of stream_options', () => {
  it.each([
    [{ detail: [{ type: 'extra_forbidden', loc: ['body', 'stream_options'], msg: 'Extra inputs' }] }],
    [{ error: { message: 'no', param: 'stream_options' } }],
    [withMessage('Unrecognized request argument supplied: stream_options')],
    ['stream_options is not supported'],
  ])('is %j', (body) => {
    expect(refusalOf(body, { status: 422 })).toEqual({ part: 'stream_options' });
  });

  it('is none when none were sent, or when the status is not about the request', () => {
    const body = { error: { param: 'stream_options' } };
    expect(refusalOf(body, { sent: { ...SENT, streamOptions: false } })).toBeUndefined();
    for (const status of [401, 402, 403, 429, 503]) expect(refusalOf(body, { status })).toBeUndefined();
  });
});

describe('a refusal of the limit for the answer', () => {
  it.each([
    [{ error: { code: 'unsupported_parameter', param: 'max_tokens', message: 'no' } }],
    [
      withMessage(
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      ),
    ],
    [{ detail: [{ type: 'extra_forbidden', loc: ['body', 'max_tokens'] }] }],
  ])('is about its name: %j', (body) => {
    expect(refusalOf(body)).toEqual({ part: 'token_parameter' });
  });

  it.each([
    [
      'max_tokens: 8192 > 4096, which is the maximum allowed number of output tokens for claude-3-opus-20240229',
      4096,
    ],
    ['max_tokens is too large: 8,192. This model supports at most 4,096 completion tokens.', 4096],
    [
      'it has a maxOutputTokens value of 8192 but the supported range is from 1 (inclusive) to 2049 (exclusive)',
      2048,
    ],
    ['max_tokens is too large', undefined],
  ])('is about its size: %s', (message, largest) => {
    expect(refusalOf(withMessage(message))).toEqual({ part: 'answer_size', largest });
  });

  it('is none without a limit', () => {
    const sent = { ...SENT, maxTokens: undefined };
    expect(refusalOf({ error: { param: 'max_tokens' } }, { sent })).toBeUndefined();
  });
});

describe('a refusal of the system role', () => {
  it.each([
    [withMessage('System role not supported')],
    [withMessage('Developer instruction is not enabled for models/gemma-3-27b-it')],
    [{ error: { message: 'no', param: 'messages[0].role', code: 'unsupported_value' } }],
    ["'messages[0].role' does not support 'system' with this model."],
  ])('is %j', (body) => {
    expect(refusalOf(body)).toEqual({ part: 'system_role' });
    expect(refusalOf(body, { sent: { ...SENT, systemRole: false } })).toBeUndefined();
  });
});

describe('a refusal of the context', () => {
  it.each([
    [
      "This model's maximum context length is 4096 tokens. However, you requested 8292 tokens (100 in the messages, 8192 in the completion).",
      [4096, 100],
    ],
    [
      "This model's maximum context length is 4,097 tokens, but your messages resulted in 5,000 tokens.",
      [4097, 5000],
    ],
    ['prompt is too long: 210000 tokens > 200000 maximum', [200_000, 210_000]],
    ['input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000', [200_000, 190_000]],
    [
      'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      [1_048_576, 1_200_000],
    ],
    [
      'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
      [32_768, 40_000],
    ],
    ['Your request exceeded model token limit: 8192', [8192, undefined]],
  ])('states its numbers: %s', (message, [contextTokens, promptTokens]) => {
    expect(refusalOf(withMessage(message))).toEqual({ part: 'context', contextTokens, promptTokens });
  });

  it('has the numbers of fields, and may have none', () => {
    const error = { code: 400, type: 'exceed_context_size_error', n_prompt_tokens: 9000, n_ctx: 4096 };
    expect(refusalOf({ error })).toEqual({ part: 'context', contextTokens: 4096, promptTokens: 9000 });
    expect(refusalOf({ error: { code: 'context_length_exceeded' } })).toMatchObject({
      part: 'context',
      contextTokens: undefined,
    });
  });
});

describe('the words of the question', () => {
  it.each([
    'Invalid input: "stream_options"',
    'Invalid input: "Stream-Options!"',
    'Bad text: system role not supported',
    'max_tokens is too large',
    'This is about the maximum context length',
    'prompt is too long: 9 tokens > 8 maximum',
  ])('prove nothing: %s', (message) => {
    expect(refusalOf(withMessage(message))).toBeDefined();
    const question =
      'stream_options? system role not supported! max_tokens, maximum context length, prompt is too long';
    expect(refusalOf(withMessage(message), { question })).toBeUndefined();
  });

  it('take numbers out of the message', () => {
    const message = 'max_tokens: 8192 > 4096';
    expect(refusalOf(withMessage(message), { question: 'What is 4096?' })).toEqual({
      part: 'answer_size',
      largest: undefined,
    });
  });
});
