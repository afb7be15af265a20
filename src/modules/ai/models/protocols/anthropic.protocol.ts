import type { AnswerBuilder } from '../answer-builder.js';
import type { Capabilities } from '../capabilities/capabilities.js';
import { throwStatedError } from '../errors/provider-error.js';
import { toFinishReason } from '../finish-reasons.js';
import { type Endpoint, parseEndpoint, buildPost } from '../http/endpoint.js';
import { readField, toList, toText } from '../json-fields.js';
import type { ModelRequest } from '../language-model.js';
import { ModelFailure } from '../model-failure.js';
import type { ModelFeature } from '../model-options.js';
import { toArguments } from '../tool-call-collector.js';
import { toAnthropicMessages, toAnthropicOptions } from './anthropic-tools.js';
import { splitSystemAndTurns } from './message-roles.js';
import type { ProviderProtocol } from './provider-protocol.js';
import { appendContent, toReasoning } from './text-fields.js';

/** The protocol has no format without a schema. */
const FEATURES: ReadonlySet<ModelFeature> = new Set(['tools', 'required_tool', 'json_schema']);
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
    features: FEATURES,
    tokenParameters: [],
    defaultMaxTokens: DEFAULT_MAX_TOKENS,
    buildRequest: (request, streaming, capabilities) =>
      buildPost(endpoint, '/messages', toBody(request, streaming, capabilities)),
    readPayload,
  };
}

function toBody(
  { model, messages, maxTokens, options }: ModelRequest,
  stream: boolean,
  { systemRole }: Capabilities,
): object {
  const { system, turns } = splitSystemAndTurns(messages, systemRole);
  return {
    model,
    max_tokens: maxTokens ?? DEFAULT_MAX_TOKENS,
    messages: toAnthropicMessages(turns),
    stream,
    ...(system === '' ? {} : { system }),
    ...(options ? toAnthropicOptions(options) : {}),
  };
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
      startBlock(readField(payload, 'content_block'), readField(payload, 'index'), builder);
      return true;
    case 'content_block_delta':
      readDelta(readField(payload, 'delta'), readField(payload, 'index'), builder);
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
  const blocks = toList(readField(message, 'content'));
  appendContent(blocks, builder);
  blocks.forEach((block, index) =>
    appendToolUse(block, index, toArguments(readField(block, 'input')), builder),
  );
  builder.finish(reason);
  builder.close();
}

/** The arguments follow as deltas; the input of the first event is empty. */
function startBlock(block: unknown, index: unknown, builder: AnswerBuilder): void {
  appendContent([block], builder);
  appendToolUse(block, index, '', builder);
}

function appendToolUse(block: unknown, index: unknown, text: string, builder: AnswerBuilder): void {
  if (readField(block, 'type') !== 'tool_use') return;
  const [id, name] = [readField(block, 'id'), readField(block, 'name')];
  builder.appendToolCall({ index, id, name, arguments: text });
}

function readDelta(delta: unknown, index: unknown, builder: AnswerBuilder): void {
  const type = readField(delta, 'type');
  if (type === 'input_json_delta')
    builder.appendToolCall({ index, arguments: toText(readField(delta, 'partial_json')) });
  else if (type === 'text_delta') builder.appendText(toText(readField(delta, 'text')));
  else if (type === 'thinking_delta') builder.appendReasoning(toReasoning(delta));
}

function readMessageDelta(event: unknown, builder: AnswerBuilder): void {
  const reason = toFinishReason(readField(readField(event, 'delta'), 'stop_reason'));
  if (reason && !builder.isTruncated) builder.finishReason = reason;
  builder.usage.merge(readField(event, 'usage'));
}
