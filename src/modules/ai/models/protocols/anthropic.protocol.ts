import type { AnswerBuilder } from '../answer-builder.js';
import type { Capabilities } from '../capabilities/capabilities.js';
import { throwStatedError } from '../errors/provider-error.js';
import { toFinishReason } from '../finish-reasons.js';
import { type Endpoint, parseEndpoint, buildPost } from '../http/endpoint.js';
import { readField, toList, toText } from '../json-fields.js';
import type { ModelRequest } from '../language-model.js';
import { ModelFailure } from '../model-failure.js';
import { splitSystemAndTurns } from './message-roles.js';
import type { ProviderProtocol } from './provider-protocol.js';
import { appendContent, toReasoning } from './text-fields.js';

/** The protocol requires a limit. */
const DEFAULT_MAX_TOKENS = 8192;

/** The Messages API (https://platform.claude.com/docs/en/api/messages, .../build-with-claude/streaming). */
export function createAnthropicProtocol(baseUrl: string, apiKey: string | undefined): ProviderProtocol {
  const authHeader: Record<string, string> = apiKey ? { 'x-api-key': apiKey } : {};
  const configured = parseEndpoint(baseUrl, { 'anthropic-version': '2023-06-01', ...authHeader });
  const endpoint: Endpoint = configured.basePath.endsWith('/v1')
    ? configured
    : { ...configured, basePath: `${configured.basePath}/v1` };
  return {
    address: endpoint.address,
    tokenParameters: [],
    defaultMaxTokens: DEFAULT_MAX_TOKENS,
    buildRequest: (request, streaming, capabilities) =>
      buildPost(endpoint, '/messages', toBody(request, streaming, capabilities)),
    readPayload,
  };
}

function toBody(
  { model, messages, maxTokens }: ModelRequest,
  stream: boolean,
  { systemRole }: Capabilities,
): object {
  const { system, turns } = splitSystemAndTurns(messages, systemRole);
  const rest = system === '' ? {} : { system };
  return { model, max_tokens: maxTokens ?? DEFAULT_MAX_TOKENS, messages: turns, stream, ...rest };
}

/** Skips unknown types of events and deltas, as the protocol requires. */
function readPayload(payload: unknown, builder: AnswerBuilder): boolean {
  switch (readField(payload, 'type')) {
    case 'message':
      readWholeAnswer(payload, builder);
      return true;
    case 'message_start':
      builder.setModel(readField(readField(payload, 'message'), 'model'));
      builder.usage.merge(readField(readField(payload, 'message'), 'usage'));
      return true;
    case 'content_block_start':
      appendContent([readField(payload, 'content_block')], builder);
      return true;
    case 'content_block_delta':
      readDelta(readField(payload, 'delta'), builder);
      return true;
    case 'message_delta':
      readMessageDelta(payload, builder);
      return true;
    case 'message_stop':
      // A stop reason alone can be followed by more text, so only this event completes the answer.
      builder.close();
      return true;
    case 'ping':
      return false;
    default:
      throwStatedError(readField(payload, 'error'), builder);
      return true;
  }
}

function readWholeAnswer(message: unknown, builder: AnswerBuilder): void {
  throwStatedError(readField(message, 'error'), builder);
  const reason = toFinishReason(readField(message, 'stop_reason'));
  if (reason === null) throw new ModelFailure('incomplete_answer');
  builder.setModel(readField(message, 'model'));
  builder.usage.merge(readField(message, 'usage'));
  appendContent(toList(readField(message, 'content')), builder);
  builder.finish(reason);
  builder.close();
}

function readDelta(delta: unknown, builder: AnswerBuilder): void {
  const type = readField(delta, 'type');
  if (type === 'text_delta') builder.appendText(toText(readField(delta, 'text')));
  else if (type === 'thinking_delta') builder.appendReasoning(toReasoning(delta));
}

function readMessageDelta(event: unknown, builder: AnswerBuilder): void {
  const reason = toFinishReason(readField(readField(event, 'delta'), 'stop_reason'));
  if (reason && !builder.isTruncated) builder.finishReason = reason;
  builder.usage.merge(readField(event, 'usage'));
}
