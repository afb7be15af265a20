import type { ServerResponse } from 'node:http';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequestAuthenticator } from '../access/request-authenticator.js';
import { requestContext } from '../context/index.js';
import { setWriteTimeout, WRITE_TIMEOUT_MS } from '../http/slow-client-limits.js';

/** A source of frames, read at the speed of the client. Has no promises, because they are too slow for many small frames. */
export interface FrameSource {
  /** Returns available frames, a chunk at most. Returns an empty text when there are none yet, and null at the end. */
  read(): string | null;
  /** Calls back once, when `read` has frames or the end. */
  onReadable(callback: () => void): void;
  /** Stops reading. No callback is called afterwards. */
  close(): void;
  /**
   * Ends a stream that clients cannot resume; its last frames say why. Absent: the stream ends at once, and clients
   * reconnect.
   */
  interrupt?(reason: InterruptReason): void;
}

/** The server shuts down, or the session or API key of the client has ended. */
export type InterruptReason = 'shutdown' | 'access_ended';

/** Formats an event. `data` is JSON, so it has no line breaks. */
export function toEventFrame(id: number, event: string, data: string): string {
  return `id: ${id}\nevent: ${event}\ndata: ${data}\n\n`;
}

/** Characters that are written at once. This bounds the buffer of a client that reads nothing. */
const CHUNK_CHARS = 256 * 1024;

/** Returns the end index of the chunk that begins at `start`. */
export function chunkEnd(frames: readonly string[], start: number): number {
  let size = 0;
  let end = start;
  while (end < frames.length && size < CHUNK_CHARS) {
    size += frames[end]?.length ?? 0;
    end += 1;
  }
  return end;
}

/** Parses the last event of formatted frames. */
export function parseLastEvent(frames: string): { event: string; data: unknown } | undefined {
  const [, event, data] = /event: (\w+)\ndata: ([^\n]*)\n\n$/.exec(frames) ?? [];
  return event === undefined || data === undefined ? undefined : { event, data: JSON.parse(data) as unknown };
}

/** In lower case, as those of the reply: a name in another case would be a second header. */
const EVENT_STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no', // tells nginx not to buffer the stream
};
const PING_INTERVAL_MS = 15_000;
const PING_FRAME = ': ping\n\n';
const ACCESS_CHECK_INTERVAL_MS = 1_000;
const SHUTDOWN_FRAME = 'retry: 500\n: the server restarts, please reconnect\n\n';

interface OpenStream {
  request: FastifyRequest;
  interrupt: (reason: InterruptReason) => void;
}

/**
 * Sends server-sent events with backpressure: a slow client delays only its own stream. A stream ends within a second after its
 * session or API key. When the server shuts down, clients are told to reconnect.
 */
@Injectable()
export class EventStreams implements OnModuleDestroy {
  private readonly openStreams = new Set<OpenStream>();
  private readonly accessCheckTimer = setInterval(
    () => void this.endUnauthorizedStreams(),
    ACCESS_CHECK_INTERVAL_MS,
  ).unref();
  private checkingAccess = false;
  private draining = false;

  constructor(private readonly authenticator: RequestAuthenticator) {}

  onModuleDestroy(): void {
    clearInterval(this.accessCheckTimer);
  }

  async send(reply: FastifyReply, source: FrameSource): Promise<void> {
    const { raw, request } = reply;
    const { socket } = raw;
    const headers = reply.getHeaders();
    reply.hijack();
    raw.writeHead(200, { ...(headers as Record<string, string>), ...EVENT_STREAM_HEADERS });
    try {
      if (request.method !== 'HEAD') await this.pipe(raw, request, source);
    } finally {
      // A connection that is kept alive would delay the shutdown.
      if (this.draining) raw.once('finish', () => socket?.end());
      raw.end();
      if (!raw.writableFinished) setWriteTimeout(raw);
    }
  }

  /** Sends the result of an operation with an optional event stream: JSON or a stream. */
  async respond(reply: FastifyReply, result: object | FrameSource): Promise<void> {
    if ('read' in result) await this.send(reply, result);
    else await reply.status(200).send(result);
  }

  /** Ends all streams, and every stream that starts later, so that clients reconnect to another process. */
  drain(): void {
    this.draining = true;
    for (const { interrupt } of this.openStreams) interrupt('shutdown');
  }

  private pipe(raw: ServerResponse, request: FastifyRequest, source: FrameSource): Promise<void> {
    const { caller } = requestContext;
    const reserveBytes = (bytes: number): (() => void) | null =>
      request.server.unsentBytes.reserve(caller, bytes, () => raw.destroy());
    return new Promise((resolve) => {
      const connection = new StreamConnection(raw, source, reserveBytes, () => {
        this.openStreams.delete(entry);
        resolve();
      });
      const entry: OpenStream = { request, interrupt: (reason) => connection.interrupt(reason) };
      this.openStreams.add(entry);
      if (this.draining) connection.interrupt('shutdown');
      connection.pump();
    });
  }

  /** Ends streams whose session or API key has ended. */
  private async endUnauthorizedStreams(): Promise<void> {
    if (this.checkingAccess) return;
    this.checkingAccess = true;
    const checks = [...this.openStreams].map(async ({ request, interrupt }) => {
      if (!(await this.authenticator.isStillValid(request))) interrupt('access_ended');
    });
    await Promise.allSettled(checks); // streams continue while the check fails
    this.checkingAccess = false;
  }
}

/** One stream to one client. */
class StreamConnection {
  private ended = false;
  private writeTimeout: NodeJS.Timeout | undefined;
  private releaseBytes: (() => void) | undefined;
  private readonly pingTimer: NodeJS.Timeout;

  constructor(
    private readonly raw: ServerResponse,
    private readonly source: FrameSource,
    /** Reserves memory for what the client does not read; null when the caller has used its share. */
    private readonly reserveBytes: (bytes: number) => (() => void) | null,
    private readonly done: () => void,
  ) {
    this.pingTimer = setInterval(() => raw.writableLength === 0 && raw.write(PING_FRAME), PING_INTERVAL_MS);
    raw.once('close', () => this.end(''));
  }

  /** Collects the frames of one packet of a provider, so that they are sent in one write. */
  private readonly schedulePump = (): void => process.nextTick(this.pump);

  readonly pump = (): void => {
    clearTimeout(this.writeTimeout);
    this.release();
    while (!this.ended) {
      if (this.raw.destroyed) return this.end('');
      const frames = this.source.read();
      if (frames === null) return this.end('');
      if (frames === '') return this.source.onReadable(this.schedulePump);
      if (!this.raw.write(frames)) return this.waitForDrain();
    }
  };

  interrupt(reason: InterruptReason): void {
    if (this.source.interrupt) this.source.interrupt(reason);
    else this.end(reason === 'shutdown' ? SHUTDOWN_FRAME : '');
  }

  private end(finalFrame: string): void {
    if (this.ended) return;
    this.ended = true;
    clearInterval(this.pingTimer);
    clearTimeout(this.writeTimeout);
    this.release();
    this.source.close();
    if (finalFrame !== '' && !this.raw.destroyed) this.raw.write(finalFrame);
    this.done();
  }

  private release(): void {
    this.releaseBytes?.();
    this.releaseBytes = undefined;
  }

  private waitForDrain(): void {
    this.releaseBytes ??= this.reserveBytes(this.raw.writableLength) ?? undefined;
    // A client can continue a stream that was cut.
    if (!this.releaseBytes) return void this.raw.destroy();
    this.writeTimeout = setTimeout(() => this.raw.destroy(), WRITE_TIMEOUT_MS);
    this.raw.once('drain', this.pump);
  }
}
