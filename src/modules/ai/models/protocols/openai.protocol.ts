import type { AnswerBuilder } from '../answer-builder.js';
import type { Capabilities, TokenParameter } from '../capabilities/capabilities.js';
import { throwStatedError } from '../errors/provider-error.js';
import { toFinishReason } from '../finish-reasons.js';
import { bearerHeader, parseEndpoint, buildGet, buildPost } from '../http/endpoint.js';
import type { HttpCall } from '../http/http-transport.js';
import { readField, firstAlternative, toText } from '../json-fields.js';
import type { ModelRequest } from '../language-model.js';
import { toAlternatingMessages } from './message-roles.js';
import { parseChatModels } from './model-list.js';
import type { ProviderProtocol } from './provider-protocol.js';
import { appendContent, appendReasoning } from './text-fields.js';

/** The API of OpenAI, or a compatible one. */
type OpenAiFlavour = 'openai' | 'compatible';

const TOKEN_PARAMETERS: Readonly<Record<OpenAiFlavour, readonly TokenParameter[]>> = {
  openai: ['max_completion_tokens', 'max_tokens'],
  compatible: ['max_tokens', 'max_completion_tokens'],
};

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
    tokenParameters,
    buildRequest: (request, streaming, capabilities): HttpCall =>
      buildPost(endpoint, '/chat/completions', toBody(request, streaming, capabilities, tokenParameters)),
    readPayload,
    listModelsRequest: () => buildGet(endpoint, '/models'),
    parseModelList: parseChatModels,
  };
}

function toBody(
  { model, messages, maxTokens }: ModelRequest,
  stream: boolean,
  { streamOptions, systemRole, tokenParameter }: Capabilities,
  [usualParameter = 'max_tokens']: readonly TokenParameter[],
): object {
  return {
    model,
    messages: toAlternatingMessages(messages, systemRole),
    stream,
    ...(stream && streamOptions ? { stream_options: { include_usage: true } } : {}),
    ...(maxTokens === undefined ? {} : { [tokenParameter ?? usualParameter]: maxTokens }),
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
}
