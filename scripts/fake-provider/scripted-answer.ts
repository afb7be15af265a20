/** A call of a tool. `arguments` is JSON. */
export interface ScriptedToolCall {
  name: string;
  arguments: string;
  /** Default: `call_1` and so on. */
  id?: string;
}

/** How the fake provider answers one request. All fields are optional and can be combined; k is a number of answer tokens. */
export interface ScriptedAnswer {
  /** The answer, as one text or as tokens. Default: 40 words. */
  text?: string | readonly string[];
  /** The number of words of the answer, without `text`. */
  tokens?: number;
  /** Tokens of reasoning before the answer. */
  reasoning?: number;
  /** Tools that the answer calls after its text. */
  toolCalls?: readonly ScriptedToolCall[];
  /** The finish reason in the words of the protocol; default: a normal end. */
  finish?: string;
  /** Milliseconds before the response headers, and before each token. */
  firstByteMs?: number;
  delayMs?: number;
  /** Keep-alives before the first token, `delayMs` apart. */
  pings?: number;
  /** Waits for `releaseHeld()` after k tokens; without a stream, before the whole body. Not with `split`. */
  hold?: number;

  /** Closes the connection without a response. */
  hangUp?: boolean;
  /** Reads the request and never responds. */
  silent?: boolean;
  /** Destroys the connection after k tokens. */
  dropAfter?: number;
  /** Sends nothing after k tokens and keeps the connection open. */
  stallAfter?: number;
  /** Ends the body normally after k tokens. */
  truncateAfter?: number;
  /** Sends an error object of the protocol after k tokens, and ends. */
  errorAfter?: number;
  error?: unknown;
  /** Drops or stalls the connection after the complete answer, before the end of the body. */
  loseEnd?: 'drop' | 'stall';

  /** Answers a request with this answer instead; undefined for the answer itself. Tests of refusals use it. */
  refuse?: (body: Readonly<Record<string, unknown>>, path: string) => ScriptedAnswer | undefined;

  /** A status other than 200, with headers and body. */
  status?: number;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  /** Raw text that is sent between the events, after k tokens. */
  insert?: { after: number; raw: string };
  /** The raw body, with status 200. */
  raw?: string;
  contentType?: string;
  noUsage?: boolean;
  /** The reported usage. Default: 7 input tokens, and the tokens of the answer. */
  usage?: { input: number; output: number };
  /** Sends characters outside of ASCII as \u escapes. */
  escaped?: boolean;
  /** Sends `\r\n` instead of `\n`. */
  crlf?: boolean;
  /** Streams a whole answer, and sends a whole answer in place of a stream. */
  otherForm?: boolean;
  /** Text after the last event. */
  append?: string;
  /** Fields of the last event or of the whole answer, in place of `usage`. */
  usageFields?: object;
  /** Answers requests without this header with 403. */
  requiredHeader?: string;
  /** Compresses the body. */
  encoding?: 'gzip' | 'deflate' | 'br';
  /** Sends the bytes in separate packets of this size. */
  split?: number;
}

const WORDS = 'the quick brown fox jumps over a lazy dog and runs far away '.split(' ');

export function getTokens(step: ScriptedAnswer): readonly string[] {
  if (step.toolCalls && step.text === undefined && step.tokens === undefined) return [];
  if (typeof step.text === 'string') return [step.text];
  if (step.text) return step.text;
  return Array.from({ length: step.tokens ?? 40 }, (_, index) => `${WORDS[index % 13] ?? ''} `);
}
