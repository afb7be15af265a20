/** What an upstream of one kind says, ready to be written. */
export interface Protocol {
  /** Under the upstream's address; what a provider's base URL has. */
  base: string;
  contentType: string;
  ping: string;
  /** Whether a request wants its answer token by token. */
  streams(path: string, body: unknown): boolean;
  /** Before the first token. */
  opening(model: string): string;
  token(text: string, model: string): string;
  thought(text: string, model: string): string;
  /** The reason to end, the usage, and what else closes the answer. */
  closing(end: Ending): string;
  whole(text: string, end: Ending): object;
  /** An error inside a stream that HTTP calls good. */
  error(error: unknown): string;
  models(names: readonly string[]): object;
}

export interface Ending {
  model: string;
  finish: string | undefined;
  usage: { input: number; output: number } | null;
}

export function event(value: unknown, name?: string): string {
  return `${name ? `event: ${name}\n` : ''}data: ${JSON.stringify(value)}\n\n`;
}

export function isStreaming(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'stream' in body && body.stream === true;
}
