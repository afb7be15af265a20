import type { AnswerBuilder } from '../answer-builder.js';
import { bearerHeader, parseEndpoint, buildGet, buildPost } from '../http/endpoint.js';
import { toTokenCount, readField, toList, toStorableName, parseJson, toText } from '../json-fields.js';
import type { ModelFinishReason, ModelAnswer, ModelRequest, TokenUsage } from '../language-model.js';
import { ModelFailure } from '../model-failure.js';
import { failureFromErrorObject } from './error-object.js';
import { type ProviderProtocol, uniqueNames } from './provider-protocol.js';

/** The chat API of Ollama (https://github.com/ollama/ollama/blob/main/docs/api.md): one JSON object a line. */
export function createOllamaProtocol(baseUrl: string, apiKey: string | undefined): ProviderProtocol {
  const endpoint = parseEndpoint(baseUrl, bearerHeader(apiKey));
  return {
    streamFormat: 'lines',
    buildRequest: (request, streaming) => buildPost(endpoint, '/api/chat', toBody(request, streaming)),
    parseResponse,
    parseEvent,
    listModelsRequest: () => buildGet(endpoint, '/api/tags'),
    parseModelList: (body) =>
      uniqueNames(toList(readField(body, 'models')).map((model) => toStorableName(readField(model, 'name')))),
  };
}

function toBody({ model, messages, maxTokens }: ModelRequest, stream: boolean): object {
  const options = maxTokens === undefined ? {} : { options: { num_predict: maxTokens } };
  return { model, messages: messages.map(({ role, content }) => ({ role, content })), stream, ...options };
}

function parseResponse(body: unknown, requestedModel: string): ModelAnswer {
  if (readField(body, 'error')) throw failureFromErrorObject(readField(body, 'error'));
  const content = readField(readField(body, 'message'), 'content');
  if (typeof content !== 'string') throw new ModelFailure('malformed_answer');
  if (readField(body, 'done') !== true) throw new ModelFailure('incomplete_answer');
  const model = toStorableName(readField(body, 'model')) || requestedModel;
  return { content, model, finishReason: toFinishReason(body), usage: parseUsage(body), sources: [] };
}

function parseEvent(data: string, builder: AnswerBuilder): void {
  const chunk = parseJson(data);
  if (readField(chunk, 'error')) throw failureFromErrorObject(readField(chunk, 'error'));
  const message = readField(chunk, 'message');
  builder.setModel(readField(chunk, 'model'));
  builder.appendText(toText(readField(message, 'content')));
  if (readField(message, 'thinking')) builder.markProgress();
  if (readField(chunk, 'done') !== true) return;
  builder.usage = parseUsage(chunk);
  if (!builder.isTruncated) builder.finish(toFinishReason(chunk));
  builder.isClosed = true;
}

function toFinishReason(body: unknown): ModelFinishReason {
  return readField(body, 'done_reason') === 'length' ? 'length' : 'stop';
}

/** Ollama omits a count of zero: the input count is missing when the prompt was cached. */
function parseUsage(body: unknown): TokenUsage | null {
  const inputTokens = toTokenCount(readField(body, 'prompt_eval_count'));
  const outputTokens = toTokenCount(readField(body, 'eval_count'));
  if (inputTokens === null && outputTokens === null) return null;
  return { inputTokens: inputTokens ?? 0, outputTokens: outputTokens ?? 0 };
}
