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

/** A passage of a note or message that an answer quotes. */
export interface QuotedSource {
  type: 'note' | 'message';
  id: string;
  conversation_id: string | null;
  title: string;
  snippet: string;
}

/** A passage of a document that an answer cites. Offsets are UTF-16 code units in the text of the document. */
export interface DocumentSource {
  type: 'document';
  /** The number in citations such as `[1]`. */
  n: number;
  /** The id of the chunk. */
  id: string;
  conversation_id: null;
  document_id: string;
  title: string;
  snippet: string;
  content: string;
  score: number;
  page: number | null;
  start: number;
  end: number;
}

/** A passage of a document that was deleted, or that the reader may not read any more. */
interface GoneSource {
  type: 'document';
  n: number;
  state: 'gone';
}

export type MessageSource = QuotedSource | DocumentSource | GoneSource;

/** True for an answer that ended by itself, and for messages of users, which have no finish reason. */
export function isComplete(finishReason: FinishReason | null): boolean {
  return finishReason === null || finishReason === 'stop';
}

/** Removes null characters and replaces lone surrogates, which PostgreSQL cannot store. */
export function toStorableText(content: string): string {
  return content.toWellFormed().replaceAll('\u0000', '');
}
