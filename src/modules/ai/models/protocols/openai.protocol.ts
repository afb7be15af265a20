import type { AnswerDraft } from '../answer-builder.js';
import { bearer, endpointOf, get, post } from '../http/endpoint.js';
import type { HttpCall } from '../http/http-transport.js';
import type { FinishReason, ModelAnswer, ModelRequest, TokenUsage } from '../language-model.js';
import { ModelFailure } from '../model-failure.js';
import { statedFailure } from './error-object.js';
import { countOf, field, firstOf, listOf, nameOf, parseJson, textOf } from './json-fields.js';
import { type Dialect, namesOf } from './provider-protocol.js';

/** OpenAI's own API, or one of the many that resemble it. */
type OpenAiFlavour = 'openai' | 'compatible';

/**
 * Chat completions (https://platform.openai.com/docs/api-reference/chat). Lenient, because "compatible" is: roles
 * may be missing, content may be null or a list of parts, reasoning comes under two names, usage may be null.
 */
export function openAiDialect(baseUrl: string, apiKey: string | undefined, flavour: OpenAiFlavour): Dialect {
  const endpoint = endpointOf(baseUrl, bearer(apiKey));
  return {
    framing: 'events',
    question: (request, streaming): HttpCall =>
      post(endpoint, '/chat/completions', bodyOf(request, streaming, flavour)),
    whole,
    read,
    offer: () => get(endpoint, '/models'),
    offered: (body) => namesOf(listOf(field(body, 'data')).map((model) => nameOf(field(model, 'id')))),
  };
}

function bodyOf(
  { model, messages, maxTokens }: ModelRequest,
  stream: boolean,
  flavour: OpenAiFlavour,
): object {
  const limit = flavour === 'openai' ? { max_completion_tokens: maxTokens } : { max_tokens: maxTokens };
  return {
    ...{ model, messages: messages.map(({ role, content }) => ({ role, content })), stream },
    ...(stream ? { stream_options: { include_usage: true } } : {}),
    ...(maxTokens === undefined ? {} : limit),
  };
}

function whole(body: unknown, asked: string): ModelAnswer {
  refuseErrors(body);
  const choice = firstOf(field(body, 'choices'));
  const message = field(choice, 'message');
  if (typeof message !== 'object' || message === null) throw new ModelFailure('malformed_answer');
  return {
    content: contentOf(field(message, 'content')),
    model: nameOf(field(body, 'model')) || asked,
    finishReason: reasonOf(field(choice, 'finish_reason')) ?? 'stop',
    usage: usageOf(field(body, 'usage')),
    sources: [],
  };
}

function read(data: string, draft: AnswerDraft): void {
  if (data === '[DONE]') {
    draft.over = true;
    return;
  }
  const chunk = parseJson(data);
  refuseErrors(chunk);
  draft.named(field(chunk, 'model'));
  // The usage comes after the reason to end, with no choices; some send it with every chunk.
  draft.usage = usageOf(field(chunk, 'usage')) ?? draft.usage;
  const choice = firstOf(field(chunk, 'choices'));
  if (choice === undefined) return;
  const delta = field(choice, 'delta');
  draft.text(contentOf(field(delta, 'content')));
  if (field(delta, 'reasoning_content') || field(delta, 'reasoning')) draft.alive();
  const reason = reasonOf(field(choice, 'finish_reason'));
  if (reason && !draft.full) draft.finish(reason);
}

/** Errors come inside answers that HTTP calls good: as `error`, as an object of that name, as a reason to end. */
function refuseErrors(body: unknown): void {
  const error = field(body, 'error');
  if (error) throw statedFailure(error);
  if (field(body, 'object') === 'error') throw statedFailure(body);
}

function contentOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return listOf(content)
    .map((part) => textOf(field(part, 'text')))
    .join('');
}

/** Null while the answer goes on. Calls of tools, which nobody offered, count as a plain end. */
function reasonOf(reason: unknown): FinishReason | null {
  if (typeof reason !== 'string' || reason === '') return null;
  if (reason === 'error') throw new ModelFailure('server_error');
  return reason === 'length' || reason === 'content_filter' ? reason : 'stop';
}

function usageOf(usage: unknown): TokenUsage | null {
  const inputTokens = countOf(field(usage, 'prompt_tokens'));
  const outputTokens = countOf(field(usage, 'completion_tokens'));
  return inputTokens === null || outputTokens === null ? null : { inputTokens, outputTokens };
}
