import type { AnswerBuilder } from '../answer-builder.js';
import { type Endpoint, parseEndpoint, buildPost } from '../http/endpoint.js';
import { toTokenCount, readField, toList, toStorableName, parseJson, toText } from '../json-fields.js';
import type { ModelFinishReason, ModelAnswer, ModelRequest, TokenUsage } from '../language-model.js';
import { ModelFailure } from '../model-failure.js';
import { failureFromErrorObject } from './error-object.js';
import { splitSystemAndTurns } from './message-roles.js';
import type { ProviderProtocol } from './provider-protocol.js';

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
    streamFormat: 'events',
    buildRequest: (request, streaming) => buildPost(endpoint, '/messages', toBody(request, streaming)),
    parseResponse,
    parseEvent,
  };
}

function toBody({ model, messages, maxTokens }: ModelRequest, stream: boolean): object {
  const { system, turns } = splitSystemAndTurns(messages);
  const rest = system === '' ? {} : { system };
  return { model, max_tokens: maxTokens ?? DEFAULT_MAX_TOKENS, messages: turns, stream, ...rest };
}

function parseResponse(body: unknown, requestedModel: string): ModelAnswer {
  if (readField(body, 'type') === 'error') throw failureFromErrorObject(readField(body, 'error'));
  const blocks = readField(body, 'content');
  if (!Array.isArray(blocks)) throw new ModelFailure('malformed_answer');
  const reason = readField(body, 'stop_reason');
  if (typeof reason !== 'string') throw new ModelFailure('incomplete_answer');
  const usage = readField(body, 'usage');
  return {
    content: toList(blocks)
      .filter((block) => readField(block, 'type') === 'text')
      .map((block) => toText(readField(block, 'text')))
      .join(''),
    model: toStorableName(readField(body, 'model')) || requestedModel,
    finishReason: toFinishReason(reason),
    usage: parseUsage(parseInputTokens(usage), readField(usage, 'output_tokens')),
    sources: [],
  };
}

/** Skips unknown types of events and deltas, as the protocol requires. */
function parseEvent(data: string, builder: AnswerBuilder): void {
  const event = parseJson(data);
  switch (readField(event, 'type')) {
    case 'message_start':
      handleMessageStart(readField(event, 'message'), builder);
      return;
    case 'content_block_start':
      builder.appendText(toText(readField(readField(event, 'content_block'), 'text')));
      return;
    case 'content_block_delta':
      handleContentDelta(readField(event, 'delta'), builder);
      return;
    case 'message_delta':
      handleMessageDelta(event, builder);
      return;
    case 'message_stop':
      // A stop reason alone can be followed by more text, so only this event completes the answer.
      builder.isComplete = builder.isClosed = true;
      return;
    case 'error':
      throw failureFromErrorObject(readField(event, 'error'));
  }
}

function handleMessageStart(message: unknown, builder: AnswerBuilder): void {
  const usage = readField(message, 'usage');
  builder.setModel(readField(message, 'model'));
  builder.usage = parseUsage(parseInputTokens(usage), readField(usage, 'output_tokens'));
}

function handleContentDelta(delta: unknown, builder: AnswerBuilder): void {
  const type = readField(delta, 'type');
  if (type === 'text_delta') builder.appendText(toText(readField(delta, 'text')));
  else if (type === 'thinking_delta') builder.markProgress();
}

/** The token counts are cumulative. */
function handleMessageDelta(event: unknown, builder: AnswerBuilder): void {
  const reason = readField(readField(event, 'delta'), 'stop_reason');
  if (typeof reason === 'string' && !builder.isTruncated) builder.finishReason = toFinishReason(reason);
  const usage = readField(event, 'usage');
  const input = parseInputTokens(usage) ?? builder.usage?.inputTokens ?? null;
  builder.usage = parseUsage(input, readField(usage, 'output_tokens')) ?? builder.usage;
}

function toFinishReason(reason: string): ModelFinishReason {
  if (reason === 'refusal') return 'content_filter';
  return reason === 'max_tokens' || reason === 'model_context_window_exceeded' ? 'length' : 'stop';
}

/** Adds the input tokens that were read from or written to a cache; the provider counts them separately. */
function parseInputTokens(usage: unknown): number | null {
  const uncached = toTokenCount(readField(usage, 'input_tokens'));
  const cached = ['cache_creation_input_tokens', 'cache_read_input_tokens'];
  return uncached === null
    ? null
    : cached.reduce((sum, name) => sum + (toTokenCount(readField(usage, name)) ?? 0), uncached);
}

function parseUsage(inputTokens: number | null, output: unknown): TokenUsage | null {
  const outputTokens = toTokenCount(output);
  return inputTokens === null || outputTokens === null ? null : { inputTokens, outputTokens };
}
