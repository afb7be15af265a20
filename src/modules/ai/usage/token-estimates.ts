import type { ModelMessage, TokenUsage } from '../models/language-model.js';

/** What a message costs beside its text, in every dialect we know. */
const MESSAGE_OVERHEAD = 8;
const REQUEST_OVERHEAD = 16;
/** Characters of a token, roughly, where a provider does not count for us. */
const CHARACTERS_PER_TOKEN = 4;

/** No tokenizer makes more tokens of a text than it has bytes: what a request costs at the very most. */
export function maxInputTokens(messages: readonly ModelMessage[]): number {
  const bytes = messages.map(({ content }) => Buffer.byteLength(content) + MESSAGE_OVERHEAD);
  return bytes.reduce((sum, each) => sum + each, REQUEST_OVERHEAD);
}

/** A fair guess at what was used. */
export function estimateUsage(messages: readonly ModelMessage[], answer: string): TokenUsage {
  const promptCharacters = messages.reduce((sum, { content }) => sum + content.length, 0);
  return {
    inputTokens: Math.ceil(promptCharacters / CHARACTERS_PER_TOKEN) + messages.length,
    outputTokens: estimateOutputTokens(answer),
  };
}

export function estimateOutputTokens(answer: string): number {
  return Math.ceil(answer.length / CHARACTERS_PER_TOKEN);
}

/** The first day of the month of an instant, UTC: `2026-11-01`. */
export function toMonth(instant: Date): string {
  return `${instant.toISOString().slice(0, 7)}-01`;
}

/** The first instant of the month after. */
export function startOfNextMonth(month: string): Date {
  const [year = 0, ordinal = 0] = month.split('-').map(Number);
  return new Date(Date.UTC(year, ordinal, 1));
}
