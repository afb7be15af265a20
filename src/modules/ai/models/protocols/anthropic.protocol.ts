import type { AnswerDraft } from '../answer-builder.js';
import { type Endpoint, endpointOf, post } from '../http/endpoint.js';
import type { FinishReason, ModelAnswer, ModelRequest, TokenUsage } from '../language-model.js';
import { ModelFailure } from '../model-failure.js';
import { statedFailure } from './error-object.js';
import { countOf, field, listOf, nameOf, parseJson, textOf } from './json-fields.js';
import { turnsOf } from './message-roles.js';
import type { Dialect } from './provider-protocol.js';

/** This protocol has no "as much as you like". */
const MOST_TOKENS = 8192;

/** Messages (https://platform.claude.com/docs/en/api/messages, .../build-with-claude/streaming). */
export function anthropicDialect(baseUrl: string, apiKey: string | undefined): Dialect {
  const key: Record<string, string> = apiKey ? { 'x-api-key': apiKey } : {};
  const given = endpointOf(baseUrl, { 'anthropic-version': '2023-06-01', ...key });
  const endpoint: Endpoint = given.base.endsWith('/v1') ? given : { ...given, base: `${given.base}/v1` };
  return {
    framing: 'events',
    question: (request, streaming) => post(endpoint, '/messages', bodyOf(request, streaming)),
    whole,
    read,
  };
}

function bodyOf({ model, messages, maxTokens }: ModelRequest, stream: boolean): object {
  const { system, turns } = turnsOf(messages);
  const rest = system === '' ? {} : { system };
  return { model, max_tokens: maxTokens ?? MOST_TOKENS, messages: turns, stream, ...rest };
}

function whole(body: unknown, asked: string): ModelAnswer {
  if (field(body, 'type') === 'error') throw statedFailure(field(body, 'error'));
  const blocks = field(body, 'content');
  if (!Array.isArray(blocks)) throw new ModelFailure('malformed_answer');
  const reason = field(body, 'stop_reason');
  if (typeof reason !== 'string') throw new ModelFailure('incomplete_answer');
  const usage = field(body, 'usage');
  return {
    content: listOf(blocks)
      .filter((block) => field(block, 'type') === 'text')
      .map((block) => textOf(field(block, 'text')))
      .join(''),
    model: nameOf(field(body, 'model')) || asked,
    finishReason: reasonOf(reason),
    usage: usageOf(inputOf(usage), field(usage, 'output_tokens')),
    sources: [],
  };
}

/** Kinds of events and of deltas that we do not know are to be passed over: the protocol says so. */
function read(data: string, draft: AnswerDraft): void {
  const event = parseJson(data);
  switch (field(event, 'type')) {
    case 'message_start':
      begin(field(event, 'message'), draft);
      return;
    case 'content_block_start':
      draft.text(textOf(field(field(event, 'content_block'), 'text')));
      return;
    case 'content_block_delta':
      grow(field(event, 'delta'), draft);
      return;
    case 'message_delta':
      conclude(event, draft);
      return;
    case 'message_stop':
      // Only now it is whole: a reason to stop alone may be followed by more.
      draft.whole = draft.over = true;
      return;
    case 'error':
      throw statedFailure(field(event, 'error'));
  }
}

function begin(message: unknown, draft: AnswerDraft): void {
  const usage = field(message, 'usage');
  draft.named(field(message, 'model'));
  draft.usage = usageOf(inputOf(usage), field(usage, 'output_tokens'));
}

function grow(delta: unknown, draft: AnswerDraft): void {
  const type = field(delta, 'type');
  if (type === 'text_delta') draft.text(textOf(field(delta, 'text')));
  else if (type === 'thinking_delta') draft.alive();
}

/** The counts here are of the whole answer so far, not of what was added. */
function conclude(event: unknown, draft: AnswerDraft): void {
  const reason = field(field(event, 'delta'), 'stop_reason');
  if (typeof reason === 'string' && !draft.full) draft.finishReason = reasonOf(reason);
  const usage = field(event, 'usage');
  const input = inputOf(usage) ?? draft.usage?.inputTokens ?? null;
  draft.usage = usageOf(input, field(usage, 'output_tokens')) ?? draft.usage;
}

function reasonOf(reason: string): FinishReason {
  if (reason === 'refusal') return 'content_filter';
  return reason === 'max_tokens' || reason === 'model_context_window_exceeded' ? 'length' : 'stop';
}

/** Input that was read from or written to a cache is counted apart. */
function inputOf(usage: unknown): number | null {
  const fresh = countOf(field(usage, 'input_tokens'));
  const cached = ['cache_creation_input_tokens', 'cache_read_input_tokens'];
  return fresh === null
    ? null
    : cached.reduce((sum, name) => sum + (countOf(field(usage, name)) ?? 0), fresh);
}

function usageOf(inputTokens: number | null, output: unknown): TokenUsage | null {
  const outputTokens = countOf(output);
  return inputTokens === null || outputTokens === null ? null : { inputTokens, outputTokens };
}
