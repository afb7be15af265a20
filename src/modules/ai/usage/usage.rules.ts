import type { ModelMessage, TokenUsage } from '../models/language-model.js';
import type { ModelOptions } from '../models/model-options.js';

/** Upper bound, in tokens, of what any known protocol adds to a message. */
const MESSAGE_OVERHEAD = 8;
const REQUEST_OVERHEAD = 16;
/** Average characters per token, for usage that no provider has reported. */
const CHARACTERS_PER_TOKEN = 4;

/** Returns an upper bound of the tokens of a prompt: no tokenizer makes more tokens of a text than it has bytes. */
export function maxInputTokens(messages: readonly ModelMessage[], options?: ModelOptions): number {
  const texts = [...messages.map(textOf), textOfOptions(options)];
  const bytes = texts.map((text) => (text === '' ? 0 : Buffer.byteLength(text)));
  const overhead = REQUEST_OVERHEAD + messages.length * MESSAGE_OVERHEAD;
  return bytes.reduce((sum, each) => sum + each, overhead);
}

/** Returns the estimated usage of a call, from the characters of its answer and its thinking. */
export function estimateUsage(
  messages: readonly ModelMessage[],
  answerCharacters: number,
  options?: ModelOptions,
): TokenUsage {
  const promptCharacters = messages.reduce(
    (sum, message) => sum + textOf(message).length,
    textOfOptions(options).length,
  );
  return {
    inputTokens: Math.ceil(promptCharacters / CHARACTERS_PER_TOKEN) + messages.length,
    outputTokens: estimateOutputTokens(answerCharacters),
  };
}

function textOf({ content, toolCalls }: ModelMessage): string {
  return toolCalls ? content + JSON.stringify(toolCalls) : content;
}

/** Returns the options that a model reads as a part of its prompt. */
function textOfOptions({ tools, responseFormat }: ModelOptions = {}): string {
  return tools || responseFormat ? JSON.stringify([tools, responseFormat]) : '';
}

export function estimateOutputTokens(answerCharacters: number): number {
  return Math.ceil(answerCharacters / CHARACTERS_PER_TOKEN);
}

/** Returns the first day of the month of an instant, UTC: `2026-11-01`. */
export function toMonth(instant: Date): string {
  return `${instant.toISOString().slice(0, 7)}-01`;
}

/** Returns the first instant after a month that is given as its first day. */
export function startOfNextMonth(month: string): Date {
  const [year = 0, ordinal = 0] = month.split('-').map(Number);
  return new Date(Date.UTC(year, ordinal, 1));
}
