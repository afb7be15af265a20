import type { AnswerBuilder } from '../answer-builder.js';
import type { Capabilities } from '../capabilities/capabilities.js';
import { throwStatedError } from '../errors/provider-error.js';
import { toFinishReason } from '../finish-reasons.js';
import { bearerHeader, parseEndpoint, buildGet, buildPost } from '../http/endpoint.js';
import { readField, toText } from '../json-fields.js';
import type { ModelMessage, ModelRequest } from '../language-model.js';
import { toAlternatingMessages } from './message-roles.js';
import { parseChatModels } from './model-list.js';
import type { ProviderProtocol } from './provider-protocol.js';
import { appendReasoning } from './text-fields.js';

/** Ollama loads a model again when the size of its context changes, so the size grows in few steps. In tokens. */
const CONTEXT_STEPS = [4_096, 8_192, 16_384, 32_768, 65_536, 131_072, 262_144];
/** The part of the context that is kept free for an answer without a limit, in tokens. */
const ANSWER_TOKENS = 2_048;

export interface OllamaOptions {
  /** The largest context that is requested, in tokens: it decides how much memory Ollama needs. */
  maxContext: number;
}

/** The chat API of Ollama (https://github.com/ollama/ollama/blob/main/docs/api.md): one JSON object a line. */
export function createOllamaProtocol(
  baseUrl: string,
  apiKey: string | undefined,
  { maxContext }: OllamaOptions,
): ProviderProtocol {
  const endpoint = parseEndpoint(baseUrl, bearerHeader(apiKey));
  return {
    address: endpoint.address,
    tokenParameters: [],
    buildRequest: (request, streaming, capabilities) =>
      buildPost(endpoint, '/api/chat', toBody(request, streaming, capabilities, maxContext)),
    readPayload,
    listModelsRequest: () => buildGet(endpoint, '/api/tags'),
    parseModelList: parseChatModels,
  };
}

function toBody(
  { model, messages, maxTokens }: ModelRequest,
  stream: boolean,
  { systemRole }: Capabilities,
  maxContext: number,
): object {
  const num_ctx = contextSize(messages, maxTokens, maxContext);
  const options = { num_ctx, ...(maxTokens === undefined ? {} : { num_predict: maxTokens }) };
  return { model, messages: toAlternatingMessages(messages, systemRole), stream, options };
}

/**
 * Returns the context to request: Ollama cuts the beginning of a longer prompt without an error. A token has at least
 * three bytes on average.
 */
function contextSize(
  messages: readonly ModelMessage[],
  maxTokens: number | undefined,
  maxContext: number,
): number {
  const bytes = messages.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
  const needed = Math.ceil(bytes / 3) + Math.min(maxTokens ?? ANSWER_TOKENS, ANSWER_TOKENS);
  return Math.min(CONTEXT_STEPS.find((size) => size >= needed) ?? maxContext, maxContext);
}

/** Whole answers and lines of a stream have the same fields. */
function readPayload(payload: unknown, builder: AnswerBuilder): boolean {
  const error = readField(payload, 'error');
  if (error) throwStatedError(error, builder);
  if (typeof payload !== 'object' || payload === null) return false;
  const message = readField(payload, 'message');
  builder.setModel(readField(payload, 'model'));
  appendReasoning(message, builder);
  builder.appendText(toText(readField(message, 'content')));
  if (readField(payload, 'done') !== true) return true;
  builder.usage.merge(payload);
  // Old versions have no reason.
  builder.finish(toFinishReason(readField(payload, 'done_reason')) ?? 'stop');
  builder.isClosed = true;
  return true;
}
