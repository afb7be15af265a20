import type { AnswerAccumulator } from '../generations/answer-accumulator.js';
import type { AnswerMetadata, TokenUsage } from '../models/language-model.js';
import type { CompletionFinishReason } from './dto/chat-completion.response.js';

/** Returns `tool_calls` for every complete answer that calls tools; some providers say `stop` then. */
export function toFinishReason({ finishReason, toolCalls = [] }: AnswerMetadata): CompletionFinishReason {
  return finishReason === 'stop' && toolCalls.length > 0 ? 'tool_calls' : finishReason;
}

/** Returns the usage of the call that answered, which is the last one; estimated if its provider does not report it. */
export function toUsage(accumulator: AnswerAccumulator): TokenUsage {
  return accumulator.callUsage().at(-1)?.usage ?? { inputTokens: 0, outputTokens: 0 };
}
