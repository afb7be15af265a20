import type { AnswerBuilder } from '../answer-builder.js';
import { bearerHeader, parseEndpoint, buildGet, buildPost } from '../http/endpoint.js';
import type { HttpCall } from '../http/http-transport.js';
import {
  toTokenCount,
  readField,
  firstAlternative,
  toList,
  toStorableName,
  parseJson,
  toText,
} from '../json-fields.js';
import type { ModelFinishReason, ModelAnswer, ModelRequest, TokenUsage } from '../language-model.js';
import { ModelFailure } from '../model-failure.js';
import { failureFromErrorObject } from './error-object.js';
import { type ProviderProtocol, uniqueNames } from './provider-protocol.js';

/** The API of OpenAI, or a compatible one. */
type OpenAiFlavour = 'openai' | 'compatible';

/**
 * Chat completions (https://platform.openai.com/docs/api-reference/chat). Lenient with compatible servers: roles may be
 * missing, content may be null or a list of parts, reasoning has two names, and usage may be null.
 */
export function createOpenAiProtocol(
  baseUrl: string,
  apiKey: string | undefined,
  flavour: OpenAiFlavour,
): ProviderProtocol {
  const endpoint = parseEndpoint(baseUrl, bearerHeader(apiKey));
  return {
    streamFormat: 'events',
    buildRequest: (request, streaming): HttpCall =>
      buildPost(endpoint, '/chat/completions', toBody(request, streaming, flavour)),
    parseResponse,
    parseEvent,
    listModelsRequest: () => buildGet(endpoint, '/models'),
    parseModelList: (body) =>
      uniqueNames(toList(readField(body, 'data')).map((model) => toStorableName(readField(model, 'id')))),
  };
}

function toBody(
  { model, messages, maxTokens }: ModelRequest,
  stream: boolean,
  flavour: OpenAiFlavour,
): object {
  const limit = flavour === 'openai' ? { max_completion_tokens: maxTokens } : { max_tokens: maxTokens };
  return {
    model,
    messages: messages.map(({ role, content }) => ({ role, content })),
    stream,
    ...(stream ? { stream_options: { include_usage: true } } : {}),
    ...(maxTokens === undefined ? {} : limit),
  };
}

function parseResponse(body: unknown, requestedModel: string): ModelAnswer {
  throwIfError(body);
  const choice = firstAlternative(readField(body, 'choices'));
  const message = readField(choice, 'message');
  if (typeof message !== 'object' || message === null) throw new ModelFailure('malformed_answer');
  return {
    content: toContent(readField(message, 'content')),
    model: toStorableName(readField(body, 'model')) || requestedModel,
    finishReason: toFinishReason(readField(choice, 'finish_reason')) ?? 'stop',
    usage: parseUsage(readField(body, 'usage')),
    sources: [],
  };
}

function parseEvent(data: string, builder: AnswerBuilder): void {
  if (data === '[DONE]') {
    builder.isClosed = true;
    return;
  }
  const chunk = parseJson(data);
  throwIfError(chunk);
  builder.setModel(readField(chunk, 'model'));
  // The usage comes in a chunk without choices after the finish reason; some servers send it with every chunk.
  builder.usage = parseUsage(readField(chunk, 'usage')) ?? builder.usage;
  const choice = firstAlternative(readField(chunk, 'choices'));
  if (choice === undefined) return;
  const delta = readField(choice, 'delta');
  builder.appendText(toContent(readField(delta, 'content')));
  if (readField(delta, 'reasoning_content') || readField(delta, 'reasoning')) builder.markProgress();
  const reason = toFinishReason(readField(choice, 'finish_reason'));
  if (reason && !builder.isTruncated) builder.finish(reason);
}

/** Throws for an error inside a response with status 200: a field `error`, or an object of the type `error`. */
function throwIfError(body: unknown): void {
  const error = readField(body, 'error');
  if (error) throw failureFromErrorObject(error);
  if (readField(body, 'object') === 'error') throw failureFromErrorObject(body);
}

function toContent(content: unknown): string {
  if (typeof content === 'string') return content;
  return toList(content)
    .map((part) => toText(readField(part, 'text')))
    .join('');
}

/** Returns null until the model has finished. Other reasons, such as tool calls, become `stop`. */
function toFinishReason(reason: unknown): ModelFinishReason | null {
  if (typeof reason !== 'string' || reason === '') return null;
  if (reason === 'error') throw new ModelFailure('server_error');
  return reason === 'length' || reason === 'content_filter' ? reason : 'stop';
}

function parseUsage(usage: unknown): TokenUsage | null {
  const inputTokens = toTokenCount(readField(usage, 'prompt_tokens'));
  const outputTokens = toTokenCount(readField(usage, 'completion_tokens'));
  return inputTokens === null || outputTokens === null ? null : { inputTokens, outputTokens };
}
