import type { ModelMessage, TokenUsage } from '../models/language-model.js';

/** What a message costs beside its text, in every dialect we know. */
const PER_MESSAGE = 8;
const PER_REQUEST = 16;
/** Characters of a token, roughly, where a provider does not count for us. */
const CHARACTERS = 4;

/** No tokenizer makes more tokens of a text than it has bytes: what a request costs at the very most. */
export function mostInputTokens(messages: readonly ModelMessage[]): number {
  const bytes = messages.map(({ content }) => Buffer.byteLength(content) + PER_MESSAGE);
  return bytes.reduce((sum, each) => sum + each, PER_REQUEST);
}

/** A fair guess at what was used. */
export function estimate(messages: readonly ModelMessage[], answer: string): TokenUsage {
  const asked = messages.reduce((sum, { content }) => sum + content.length, 0);
  return {
    inputTokens: Math.ceil(asked / CHARACTERS) + messages.length,
    outputTokens: outputTokensOf(answer),
  };
}

export function outputTokensOf(answer: string): number {
  return Math.ceil(answer.length / CHARACTERS);
}

/** The first day of the month of an instant, UTC: `2026-11-01`. */
export function monthOf(instant: Date): string {
  return `${instant.toISOString().slice(0, 7)}-01`;
}

/** The first instant of the month after. */
export function endOfMonth(month: string): Date {
  const [year = 0, ordinal = 0] = month.split('-').map(Number);
  return new Date(Date.UTC(year, ordinal, 1));
}
