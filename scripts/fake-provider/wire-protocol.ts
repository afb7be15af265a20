/** The texts of one provider protocol. */
export interface WireProtocol {
  /** The path of the base URL. */
  base: string;
  contentType: string;
  keepAlive: string;
  /** Whether a request asks for a stream. */
  isStreamingRequest(path: string, body: unknown): boolean;
  /** The events before the first token. */
  startEvents(model: string): string;
  token(text: string, model: string): string;
  reasoning(text: string, model: string): string;
  /** The events of a tool call. `position` counts the calls of an answer from 0. */
  toolCall(call: WireToolCall, position: number, model: string): string;
  /** The events after the last token: finish reason, usage, end. */
  endEvents(end: CompletionInfo): string;
  fullBody(text: string, end: CompletionInfo): object;
  /** An error event within a stream of status 200. */
  error(error: unknown): string;
  modelList(names: readonly string[]): object;
}

/** A tool call as a provider sends it. `arguments` is JSON. */
export interface WireToolCall {
  id: string;
  name: string;
  arguments: string;
}

export interface CompletionInfo {
  model: string;
  toolCalls: readonly WireToolCall[];
  finish: string | undefined;
  usage: { input: number; output: number } | null;
  /** Replaces the fields of the usage. */
  usageFields?: object | undefined;
}

export function sseEvent(value: unknown, name?: string): string {
  return `${name ? `event: ${name}\n` : ''}data: ${JSON.stringify(value)}\n\n`;
}

/** Returns a text in pieces of some characters, as a model writes it. */
export function toPieces(text: string): string[] {
  return text.match(/[^]{1,7}/g) ?? [''];
}

export function isStreaming(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'stream' in body && body.stream === true;
}
