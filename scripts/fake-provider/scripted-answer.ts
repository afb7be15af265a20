/** How the scripted upstream answers one request. Everything is optional and combines; k counts tokens of the answer. */
export interface ScriptedAnswer {
  /** The answer, as one text or as tokens. Default: 40 words. */
  text?: string | readonly string[];
  /** So many words, where no `text` is given. */
  tokens?: number;
  /** Tokens of reasoning before the answer. */
  reasoning?: number;
  /** In the provider's own words; default: a plain end. */
  finish?: string;
  /** Milliseconds before the head of the answer, and before each token. */
  firstByteMs?: number;
  delayMs?: number;
  /** Keep-alives before the first token, `delayMs` apart. */
  pings?: number;
  /** After k tokens it waits for `release()`; whatever comes without a stream waits as a whole. Not with `split`. */
  hold?: number;

  /** The connection is closed before any answer. */
  hangUp?: boolean;
  /** The request is read and never answered. */
  silent?: boolean;
  /** After k tokens the connection breaks. */
  dropAfter?: number;
  /** After k tokens nothing more is sent, and the connection stays. */
  stallAfter?: number;
  /** After k tokens the body ends as if it were whole. */
  truncateAfter?: number;
  /** After k tokens an object of the provider's kind for errors, and the end. */
  errorAfter?: number;
  error?: unknown;
  /** The break of the above comes after the answer is complete, before the body ends. */
  loseEnd?: 'drop' | 'stall';

  /** A status other than 200, with its headers and body. */
  status?: number;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  /** Goes out after k tokens, between the events, as it is. */
  insert?: { after: number; raw: string };
  /** The whole body as it is, with status 200. */
  raw?: string;
  contentType?: string;
  noUsage?: boolean;
  /** The usage that is reported. Default: 7 tokens for the question, and those of the answer. */
  usage?: { input: number; output: number };
  /** Characters beyond ASCII go out as \u escapes. */
  escaped?: boolean;
  /** `\r\n` for `\n`. */
  crlf?: boolean;
  /** Each write has so many bytes, and goes out on its own. */
  split?: number;
}

const WORDS = 'the quick brown fox jumps over a lazy dog and runs far away '.split(' ');

export function getTokens(step: ScriptedAnswer): readonly string[] {
  if (typeof step.text === 'string') return [step.text];
  if (step.text) return step.text;
  return Array.from({ length: step.tokens ?? 40 }, (_, index) => `${WORDS[index % 13] ?? ''} `);
}
