import type { AnswerDraft } from '../answer-builder.js';
import { bearer, endpointOf, get, post } from '../http/endpoint.js';
import type { FinishReason, ModelAnswer, ModelRequest, TokenUsage } from '../language-model.js';
import { ModelFailure } from '../model-failure.js';
import { statedFailure } from './error-object.js';
import { countOf, field, listOf, nameOf, parseJson, textOf } from './json-fields.js';
import { type Dialect, namesOf } from './provider-protocol.js';

/** Ollama's own chat (https://github.com/ollama/ollama/blob/main/docs/api.md): a JSON object a line. */
export function ollamaDialect(baseUrl: string, apiKey: string | undefined): Dialect {
  const endpoint = endpointOf(baseUrl, bearer(apiKey));
  return {
    framing: 'lines',
    question: (request, streaming) => post(endpoint, '/api/chat', bodyOf(request, streaming)),
    whole,
    read,
    offer: () => get(endpoint, '/api/tags'),
    offered: (body) => namesOf(listOf(field(body, 'models')).map((model) => nameOf(field(model, 'name')))),
  };
}

function bodyOf({ model, messages, maxTokens }: ModelRequest, stream: boolean): object {
  const options = maxTokens === undefined ? {} : { options: { num_predict: maxTokens } };
  return { model, messages: messages.map(({ role, content }) => ({ role, content })), stream, ...options };
}

function whole(body: unknown, asked: string): ModelAnswer {
  if (field(body, 'error')) throw statedFailure(field(body, 'error'));
  const content = field(field(body, 'message'), 'content');
  if (typeof content !== 'string') throw new ModelFailure('malformed_answer');
  if (field(body, 'done') !== true) throw new ModelFailure('incomplete_answer');
  const model = nameOf(field(body, 'model')) || asked;
  return { content, model, finishReason: reasonOf(body), usage: usageOf(body), sources: [] };
}

function read(data: string, draft: AnswerDraft): void {
  const chunk = parseJson(data);
  if (field(chunk, 'error')) throw statedFailure(field(chunk, 'error'));
  const message = field(chunk, 'message');
  draft.named(field(chunk, 'model'));
  draft.text(textOf(field(message, 'content')));
  if (field(message, 'thinking')) draft.alive();
  if (field(chunk, 'done') !== true) return;
  draft.usage = usageOf(chunk);
  if (!draft.full) draft.finish(reasonOf(chunk));
  draft.over = true;
}

function reasonOf(body: unknown): FinishReason {
  return field(body, 'done_reason') === 'length' ? 'length' : 'stop';
}

/** A count of zero is left out: a question that was still in memory counts as no input. */
function usageOf(body: unknown): TokenUsage | null {
  const inputTokens = countOf(field(body, 'prompt_eval_count'));
  const outputTokens = countOf(field(body, 'eval_count'));
  if (inputTokens === null && outputTokens === null) return null;
  return { inputTokens: inputTokens ?? 0, outputTokens: outputTokens ?? 0 };
}
