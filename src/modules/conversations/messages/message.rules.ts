export const MESSAGE_ROLES = ['user', 'assistant', 'system'] as const;
export type MessageRole = (typeof MESSAGE_ROLES)[number];

/** `stopped`: somebody stopped the answer. `error`: it broke off. */
export const FINISH_REASONS = ['stop', 'length', 'content_filter', 'stopped', 'error'] as const;
export type FinishReason = (typeof FINISH_REASONS)[number];

export interface MessageUsage {
  input_tokens: number;
  output_tokens: number;
  total_tokens: number;
}

/** Where a sentence of an answer comes from. */
export interface MessageSource {
  type: string;
  id: string;
  conversation_id: string | null;
  title: string;
  snippet: string;
}

/** False for an answer that was cut, whoever cut it. Turns of the user have no reason to end. */
export function isComplete(finishReason: FinishReason | null): boolean {
  return finishReason === null || finishReason === 'stop';
}

/** What a provider wrote, as the database can keep it. */
export function toStorableText(content: string): string {
  return content.toWellFormed().replaceAll('\u0000', '');
}
