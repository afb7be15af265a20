import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { waitUntil } from '../app/server-process.js';
import { parseSseEvents, type SseEvent } from './ai-app.js';

export interface StreamRequest {
  token?: string;
  /** The body of a POST; without it the request is a GET. */
  body?: object;
  lastEventId?: number;
  headers?: Record<string, string>;
}

/** A client on a socket of its own that reads a stream as it arrives, pauses, or disconnects. */
export class StreamReader {
  text = '';
  private isClosed = false;

  private constructor(
    private readonly clientRequest: ClientRequest,
    readonly response: IncomingMessage,
  ) {
    response.setEncoding('utf8');
    response.on('close', () => (this.isClosed = true)).on('error', () => undefined);
  }

  /** Opens a stream without reading from it. */
  static async openPaused(
    url: string,
    { token, body, lastEventId, headers }: StreamRequest,
  ): Promise<StreamReader> {
    const clientRequest = request(url, {
      method: body ? 'POST' : 'GET',
      agent: false,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) }),
        ...headers,
      },
    });
    clientRequest.on('error', () => undefined);
    clientRequest.end(body && JSON.stringify(body));
    const [response] = (await once(clientRequest, 'response')) as [IncomingMessage];
    return new StreamReader(clientRequest, response);
  }

  static async open(url: string, reading: StreamRequest): Promise<StreamReader> {
    const reader = await StreamReader.openPaused(url, reading);
    reader.startReading();
    return reader;
  }

  startReading(): void {
    this.response.on('data', (chunk: string) => (this.text += chunk));
  }

  get events(): SseEvent[] {
    return parseSseEvents(this.text.slice(0, this.text.lastIndexOf('\n\n') + 2));
  }

  get generationId(): string {
    return this.events[0]?.data.generation_id as string;
  }

  /** Waits for this number of events and returns them. */
  async waitForEvents(count: number): Promise<SseEvent[]> {
    await waitUntil(() => this.events.length >= count || this.isClosed, 15_000);
    return this.events;
  }

  /** Waits for the end of the stream and returns all events. */
  async waitForEnd(timeoutMs = 20_000): Promise<SseEvent[]> {
    await waitUntil(() => this.isClosed, timeoutMs);
    return this.events;
  }

  disconnect(): void {
    this.clientRequest.destroy();
  }
}
