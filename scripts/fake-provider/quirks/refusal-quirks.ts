import type { FakeProviderKind } from '../fake-provider.js';
import type { Quirk } from '../provider-quirks.js';
import type { ScriptedAnswer } from '../scripted-answer.js';
import { TEXT } from './quirk-text.js';

type Body = Readonly<Record<string, unknown>>;

/** Returns the answer of an error with the fields that the protocol has. */
function refusal(kind: FakeProviderKind, status: number, error: Record<string, unknown>): ScriptedAnswer {
  const { message = '', ...fields } = error;
  const bodies: Record<FakeProviderKind, unknown> = {
    openai: { error: { message, type: 'invalid_request_error', ...fields } },
    anthropic: { type: 'error', error: { type: 'invalid_request_error', message, ...fields } },
    google: { error: { code: status, status: 'INVALID_ARGUMENT', message, ...fields } },
    ollama: { error: message },
  };
  return { status, body: JSON.stringify(bodies[kind]) };
}

function answerOrRefuse(refuse: (body: Body) => ScriptedAnswer | undefined): ScriptedAnswer {
  return { text: TEXT, refuse };
}

function sentLimit(body: Body): number {
  const { max_tokens, max_completion_tokens, generationConfig, options } = body as Record<string, never>;
  const nested = (generationConfig ?? options ?? {}) as Record<string, unknown>;
  return Number(max_tokens ?? max_completion_tokens ?? nested.maxOutputTokens ?? nested.num_predict ?? 0);
}

function hasSystemMessage({ messages, system, systemInstruction }: Body): boolean {
  const list = Array.isArray(messages) ? (messages as { role: string }[]) : [];
  return (
    system !== undefined || systemInstruction !== undefined || list.some(({ role }) => role === 'system')
  );
}

function countTurns({ messages, contents }: Body): number {
  return ((messages ?? contents ?? []) as { role: string }[]).filter(({ role }) => role !== 'system').length;
}

/** Refusals of parts of a request, and of the request itself. */
export const REFUSAL_QUIRKS: Readonly<Record<string, Quirk>> = {
  'stream_options not permitted': ({ kind, streaming }) =>
    kind === 'openai' && streaming
      ? answerOrRefuse((body) => {
          if (body.stream_options === undefined) return undefined;
          const detail = [{ type: 'extra_forbidden', loc: ['body', 'stream_options'], msg: 'Extra inputs' }];
          return { status: 422, body: JSON.stringify({ detail }) };
        })
      : undefined,
  'stream_options refused in words': ({ kind, streaming }) =>
    kind === 'openai' && streaming
      ? answerOrRefuse((body) =>
          body.stream_options === undefined
            ? undefined
            : refusal(kind, 400, { message: 'Unrecognized field: stream_options' }),
        )
      : undefined,
  'the other name of the token limit': ({ kind }) =>
    kind === 'openai'
      ? answerOrRefuse((body) =>
          body.max_completion_tokens === undefined
            ? undefined
            : refusal(kind, 400, {
                message:
                  "Unsupported parameter: 'max_completion_tokens' is not supported with this model. Use 'max_tokens' instead.",
                param: 'max_completion_tokens',
                code: 'unsupported_parameter',
              }),
        )
      : undefined,
  'at most 4096 tokens of answer': ({ kind }) =>
    kind === 'ollama'
      ? undefined
      : answerOrRefuse((body) => {
          const sent = sentLimit(body);
          if (sent <= 4096) return undefined;
          const name = kind === 'google' ? 'maxOutputTokens' : 'max_tokens';
          return refusal(kind, 400, { message: `${name}: ${sent} > 4096, which is the maximum allowed` });
        }),
  'at most 1100 tokens of answer, without a number': ({ kind }) =>
    kind === 'openai'
      ? answerOrRefuse((body) =>
          sentLimit(body) <= 1100
            ? undefined
            : refusal(kind, 400, { message: 'max_tokens is too large.', param: 'max_tokens' }),
        )
      : undefined,
  'no system role': ({ kind }) =>
    answerOrRefuse((body) =>
      hasSystemMessage(body)
        ? refusal(kind, 400, { message: 'System role not supported by the template' })
        : undefined,
    ),
  'prompt and answer beyond the context': ({ kind }) =>
    kind === 'openai'
      ? answerOrRefuse((body) =>
          sentLimit(body) <= 4056
            ? undefined
            : refusal(kind, 400, {
                message:
                  "This model's maximum context length is 4096 tokens. However, you requested 8232 tokens (40 in the messages, 8192 in the completion).",
                code: 'context_length_exceeded',
              }),
        )
      : undefined,
  'prompt beyond the context': ({ kind }) =>
    answerOrRefuse((body) =>
      countTurns(body) <= 3
        ? undefined
        : refusal(kind, 400, { message: 'The prompt is too long: it exceeds the context window' }),
    ),
  'question beyond the context': ({ kind }) => ({
    ...refusal(kind, 400, { message: 'prompt is too long: 210000 tokens > 200000 maximum' }),
  }),
  'a refusal that quotes the question': ({ kind }) =>
    answerOrRefuse(({ messages, contents }) =>
      refusal(kind, 400, { message: `Invalid request: ${JSON.stringify(messages ?? contents)}` }),
    ),
  'status 402': ({ kind }) => refusal(kind, 402, { message: 'Payment required' }),
  'credit balance too low': ({ kind }) =>
    refusal(kind, 400, { message: 'Your credit balance is too low to access the API.' }),
  'insufficient quota': ({ kind }) =>
    kind === 'openai' ? refusal(kind, 429, { message: 'No quota', code: 'insufficient_quota' }) : undefined,
  'a wait only in the body': ({ kind }) =>
    kind === 'ollama'
      ? undefined
      : refusal(kind, 429, { message: 'Rate limit reached. Please try again in 7.66s.' }),
  'a firewall that wants a User-Agent': () => ({ text: TEXT, requiredHeader: 'user-agent' }),
};
