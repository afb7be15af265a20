import type { AnswerBuilder } from '../answer-builder.js';
import type { Capabilities, TokenParameter } from '../capabilities/capabilities.js';
import { throwStatedError } from '../errors/provider-error.js';
import { toFinishReason } from '../finish-reasons.js';
import { bearerHeader, parseEndpoint, buildGet, buildPost } from '../http/endpoint.js';
import type { HttpCall } from '../http/http-transport.js';
import { readField, firstAlternative, toList, toText } from '../json-fields.js';
import type { ModelRequest } from '../language-model.js';
import type { ModelFeature, ModelOptions } from '../model-options.js';
import { toArguments } from '../tool-call-collector.js';
import { toAlternatingTurns } from './message-roles.js';
import { parseChatModels } from './model-list.js';
import { toWireFormat, toWireMessage, toWireTool } from './openai-tools.js';
import type { ProviderProtocol } from './provider-protocol.js';
import { appendContent, appendReasoning } from './text-fields.js';

/** The API of OpenAI, or a compatible one. */
type OpenAiFlavour = 'openai' | 'compatible';

const TOKEN_PARAMETERS: Readonly<Record<OpenAiFlavour, readonly TokenParameter[]>> = {
  openai: ['max_completion_tokens', 'max_tokens'],
  compatible: ['max_tokens', 'max_completion_tokens'],
};

const FEATURES: ReadonlySet<ModelFeature> = new Set(['tools', 'required_tool', 'json_object', 'json_schema']);

/**
 * Chat completions (https://platform.openai.com/docs/api-reference/chat). Lenient with compatible servers: roles may be
 * missing, content may be null or a list of parts, reasoning has several names, and usage may be null or in a choice.
 */
export function createOpenAiProtocol(
  baseUrl: string,
  apiKey: string | undefined,
  flavour: OpenAiFlavour,
): ProviderProtocol {
  const endpoint = parseEndpoint(baseUrl, bearerHeader(apiKey));
  // Azure takes a key in a header of its own.
  if (apiKey && endpoint.query.includes('api-version=')) endpoint.headers['api-key'] = apiKey;
  const tokenParameters = TOKEN_PARAMETERS[flavour];
  return {
    address: endpoint.address,
    features: FEATURES,
    tokenParameters,
    buildRequest: (request, streaming, capabilities): HttpCall =>
      buildPost(endpoint, '/chat/completions', toBody(request, streaming, capabilities, tokenParameters)),
    readPayload,
    listModelsRequest: () => buildGet(endpoint, '/models'),
    parseModelList: parseChatModels,
  };
}

function toBody(
  { model, messages, maxTokens, options }: ModelRequest,
  stream: boolean,
  { streamOptions, systemRole, tokenParameter }: Capabilities,
  [usualParameter = 'max_tokens']: readonly TokenParameter[],
): object {
  return {
    model,
    messages: toAlternatingTurns(messages, systemRole).map(toWireMessage),
    stream,
    ...(options ? toWireOptions(options) : {}),
    ...(stream && streamOptions ? { stream_options: { include_usage: true } } : {}),
    ...(maxTokens === undefined ? {} : { [tokenParameter ?? usualParameter]: maxTokens }),
  };
}

/** Absent options are undefined, which JSON leaves out. */
function toWireOptions(options: ModelOptions): object {
  const { tools, toolChoice, responseFormat: format } = options;
  return {
    temperature: options.temperature,
    top_p: options.topP,
    presence_penalty: options.presencePenalty,
    frequency_penalty: options.frequencyPenalty,
    seed: options.seed,
    stop: options.stop,
    reasoning_effort: options.reasoningEffort,
    tools: tools?.map(toWireTool),
    tool_choice:
      typeof toolChoice === 'object' ? { type: 'function', function: { name: toolChoice.name } } : toolChoice,
    parallel_tool_calls: options.parallelToolCalls,
    response_format: format && toWireFormat(format),
  };
}

/** A whole answer has a `message`, an event of a stream a `delta`. */
function readPayload(payload: unknown, builder: AnswerBuilder): boolean {
  const error = readField(payload, 'error');
  if (error) throwStatedError(error, builder);
  if (readField(payload, 'object') === 'error') throwStatedError(payload, builder);
  if (typeof payload !== 'object' || payload === null) return false;
  builder.setModel(readField(payload, 'model'));
  // The usage comes in an event without choices after the finish reason; some servers send it with every event.
  builder.usage.merge(readField(payload, 'usage'));
  const choice = firstAlternative(readField(payload, 'choices'));
  if (choice === undefined) return true;
  builder.usage.merge(readField(choice, 'usage'));
  const message = readField(choice, 'message');
  if (typeof message === 'object' && message !== null) readWholeAnswer(message, choice, builder);
  else readDelta(readField(choice, 'delta'), choice, builder);
  return true;
}

function readWholeAnswer(message: object, choice: unknown, builder: AnswerBuilder): void {
  const reason = toFinishReason(readField(choice, 'finish_reason'));
  readTexts(message, builder);
  // Some compatible servers send whole answers without a finish reason.
  builder.finish(reason ?? 'stop');
  builder.isClosed = true;
}

function readDelta(delta: unknown, choice: unknown, builder: AnswerBuilder): void {
  readTexts(delta, builder);
  const reason = toFinishReason(readField(choice, 'finish_reason'));
  if (reason) builder.finish(reason);
}

function readTexts(message: unknown, builder: AnswerBuilder): void {
  appendReasoning(message, builder);
  appendContent(readField(message, 'content'), builder);
  builder.appendText(toText(readField(message, 'refusal')));
  for (const part of toList(readField(message, 'tool_calls'))) {
    const called = readField(part, 'function');
    const text = toArguments(readField(called, 'arguments'));
    const [index, id, name] = [readField(part, 'index'), readField(part, 'id'), readField(called, 'name')];
    builder.appendToolCall({ index, id, name, arguments: text });
  }
}
