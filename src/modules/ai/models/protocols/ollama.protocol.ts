import type { AnswerBuilder } from '../answer-builder.js';
import type { Capabilities } from '../capabilities/capabilities.js';
import { throwStatedError } from '../errors/provider-error.js';
import { toFinishReason } from '../finish-reasons.js';
import { bearerHeader, parseEndpoint, buildGet, buildPost } from '../http/endpoint.js';
import { readField, toList, toText } from '../json-fields.js';
import type { ModelMessage, ModelRequest } from '../language-model.js';
import type { ModelFeature, ModelOptions } from '../model-options.js';
import { newToolCallId, toArguments } from '../tool-call-collector.js';
import { parseArguments, toAlternatingTurns, type Turn } from './message-roles.js';
import { parseChatModels } from './model-list.js';
import { toWireTool } from './openai-tools.js';
import type { ProviderProtocol } from './provider-protocol.js';
import { appendReasoning } from './text-fields.js';

/** Ollama loads a model again when the size of its context changes, so the size grows in few steps. In tokens. */
const CONTEXT_STEPS = [4_096, 8_192, 16_384, 32_768, 65_536, 131_072, 262_144];
/** The part of the context that is kept free for an answer without a limit, in tokens. */
const ANSWER_TOKENS = 2_048;

/** The protocol has no choice of tools. */
const FEATURES: ReadonlySet<ModelFeature> = new Set(['tools', 'json_object', 'json_schema']);

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
    features: FEATURES,
    tokenParameters: [],
    buildRequest: (request, streaming, capabilities) =>
      buildPost(endpoint, '/api/chat', toBody(request, streaming, capabilities, maxContext)),
    readPayload,
    listModelsRequest: () => buildGet(endpoint, '/api/tags'),
    parseModelList: parseChatModels,
  };
}

function toBody(
  { model, messages, maxTokens, options = {} }: ModelRequest,
  stream: boolean,
  { systemRole }: Capabilities,
  maxContext: number,
): object {
  const { responseFormat: format, toolChoice, tools } = options;
  const num_ctx = contextSize(messages, tools, maxTokens, maxContext);
  return {
    model,
    messages: toAlternatingTurns(messages, systemRole).map(toWireMessage),
    stream,
    options: { num_ctx, ...toWireOptions(options, maxTokens) },
    tools: toolChoice === 'none' ? undefined : tools?.map(toWireTool),
    format: format && (format.type === 'json_schema' ? format.schema : 'json'),
  };
}

function toWireOptions(options: ModelOptions, maxTokens: number | undefined): object {
  return {
    num_predict: maxTokens,
    temperature: options.temperature,
    top_p: options.topP,
    presence_penalty: options.presencePenalty,
    frequency_penalty: options.frequencyPenalty,
    seed: options.seed,
    stop: options.stop,
  };
}

/** Results name the tool, not the call. */
function toWireMessage(turn: Turn | { role: 'system'; content: string }): object {
  const { role, content } = turn;
  if (role === 'tool') return { role, content, tool_name: turn.toolName };
  if (role !== 'assistant' || !turn.toolCalls) return { role, content };
  const tool_calls = turn.toolCalls.map((call) => ({
    function: { name: call.name, arguments: parseArguments(call) },
  }));
  return { role, content, tool_calls };
}

/**
 * Returns the context to request: Ollama cuts the beginning of a longer prompt without an error. A token has at least
 * three bytes on average.
 */
function contextSize(
  messages: readonly ModelMessage[],
  tools: ModelOptions['tools'],
  maxTokens: number | undefined,
  maxContext: number,
): number {
  const toolBytes = tools ? Buffer.byteLength(JSON.stringify(tools)) : 0;
  const bytes = messages.reduce((sum, { content }) => sum + Buffer.byteLength(content), toolBytes);
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
  toList(readField(message, 'tool_calls')).forEach((call) => appendCall(call, builder));
  if (readField(payload, 'done') !== true) return true;
  builder.usage.merge(payload);
  // Old versions have no reason.
  builder.finish(toFinishReason(readField(payload, 'done_reason')) ?? 'stop');
  builder.isClosed = true;
  return true;
}

/** Calls are never sent in parts. Old versions have no ids. */
function appendCall(call: unknown, builder: AnswerBuilder): void {
  const called = readField(call, 'function');
  const id = toText(readField(call, 'id')) || newToolCallId();
  builder.appendToolCall({
    id,
    name: readField(called, 'name'),
    arguments: toArguments(readField(called, 'arguments')),
  });
}
