import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { eventsOf, type SseEvent } from './ai-app.js';
import { eventually } from '../app/server-process.js';

export interface Reading {
  token?: string;
  /** What is posted; without it the address is read. */
  body?: object;
  lastEventId?: number;
  headers?: Record<string, string>;
}

/** A client of a listening server, on a socket of its own, that reads a stream as it comes, or leaves. */
export class Reader {
  text = '';
  private over = false;

  private constructor(
    private readonly sent: ClientRequest,
    readonly response: IncomingMessage,
  ) {
    response.setEncoding('utf8');
    response.on('close', () => (this.over = true)).on('error', () => undefined);
  }

  /** Opens a stream and reads nothing of it yet. */
  static async idle(url: string, { token, body, lastEventId, headers }: Reading): Promise<Reader> {
    const sent = request(url, {
      method: body ? 'POST' : 'GET',
      agent: false,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) }),
        ...headers,
      },
    });
    sent.on('error', () => undefined);
    sent.end(body && JSON.stringify(body));
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return new Reader(sent, response);
  }

  static async open(url: string, reading: Reading): Promise<Reader> {
    const reader = await Reader.idle(url, reading);
    reader.read();
    return reader;
  }

  read(): void {
    this.response.on('data', (chunk: string) => (this.text += chunk));
  }

  get events(): SseEvent[] {
    return eventsOf(this.text.slice(0, this.text.lastIndexOf('\n\n') + 2));
  }

  get generationId(): string {
    return this.events[0]?.data.generation_id as string;
  }

  /** Waits until so many events are there. */
  async until(count: number): Promise<SseEvent[]> {
    await eventually(() => this.events.length >= count || this.over, 15_000);
    return this.events;
  }

  /** Waits for the end of the stream. */
  async all(within = 20_000): Promise<SseEvent[]> {
    await eventually(() => this.over, within);
    return this.events;
  }

  hangUp(): void {
    this.sent.destroy();
  }
}
