export const MESSAGE_ROLES = ['user', 'assistant', 'system'] as const;
export type MessageRole = (typeof MESSAGE_ROLES)[number];

/** `stopped`: a client stopped the answer. `error`: the answer failed before its end. */
export const FINISH_REASONS = ['stop', 'length', 'content_filter', 'stopped', 'error'] as const;
export type FinishReason = (typeof FINISH_REASONS)[number];

export interface MessageUsage {
  input_tokens: number;
  output_tokens: number;
  total_tokens: number;
}

/** A passage that an answer quotes. */
export interface MessageSource {
  type: string;
  id: string;
  conversation_id: string | null;
  title: string;
  snippet: string;
}

/** True for an answer that ended by itself, and for messages of users, which have no finish reason. */
export function isComplete(finishReason: FinishReason | null): boolean {
  return finishReason === null || finishReason === 'stop';
}

/** Removes null characters and replaces lone surrogates, which PostgreSQL cannot store. */
export function toStorableText(content: string): string {
  return content.toWellFormed().replaceAll('\u0000', '');
}
