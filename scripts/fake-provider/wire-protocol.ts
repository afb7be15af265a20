/** What an upstream of one kind says, ready to be written. */
export interface WireProtocol {
  /** Under the upstream's address; what a provider's base URL has. */
  base: string;
  contentType: string;
  keepAlive: string;
  /** Whether a request wants its answer token by token. */
  isStreamingRequest(path: string, body: unknown): boolean;
  /** Before the first token. */
  startEvents(model: string): string;
  token(text: string, model: string): string;
  reasoning(text: string, model: string): string;
  /** The reason to end, the usage, and what else closes the answer. */
  endEvents(end: CompletionInfo): string;
  fullBody(text: string, end: CompletionInfo): object;
  /** An error inside a stream that HTTP calls good. */
  error(error: unknown): string;
  modelList(names: readonly string[]): object;
}

export interface CompletionInfo {
  model: string;
  finish: string | undefined;
  usage: { input: number; output: number } | null;
}

export function sseEvent(value: unknown, name?: string): string {
  return `${name ? `event: ${name}\n` : ''}data: ${JSON.stringify(value)}\n\n`;
}

export function isStreaming(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'stream' in body && body.stream === true;
}
