import type { ServerResponse } from 'node:http';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequestAuthenticator } from '../access/request-authenticator.js';
import { setWriteTimeout, WRITE_TIMEOUT_MS } from '../http/slow-client-limits.js';

/** Text frames that are read at the reader's own pace. Without promises: there are very many of them. */
export interface FrameSource {
  /** What is there now, or a good piece of it; empty for nothing yet, null when nothing more can come. */
  read(): string | null;
  /** Calls back once, when there is more, or the end. */
  onReadable(callback: () => void): void;
  /** Nobody reads any more: nothing is called back. */
  close(): void;
}

/** One numbered event as it goes over the wire. `data` is JSON, so it has no line breaks. */
export function toEventFrame(id: number, event: string, data: string): string {
  return `id: ${id}\nevent: ${event}\ndata: ${data}\n\n`;
}

/** Characters that are handed on at once: a reader who takes nothing is owed no more than that. */
const CHUNK_CHARS = 256 * 1024;

/** The place after those frames from `from` on that make a good piece. */
export function chunkEnd(frames: readonly string[], start: number): number {
  let size = 0;
  let end = start;
  while (end < frames.length && size < CHUNK_CHARS) {
    size += frames[end]?.length ?? 0;
    end += 1;
  }
  return end;
}

/** The last event in frames of that kind. */
export function parseLastEvent(frames: string): { event: string; data: unknown } | undefined {
  const [, event, data] = /event: (\w+)\ndata: ([^\n]*)\n\n$/.exec(frames) ?? [];
  return event === undefined || data === undefined ? undefined : { event, data: JSON.parse(data) as unknown };
}

const EVENT_STREAM_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  'X-Accel-Buffering': 'no', // a proxy that collects an answer before passing it on would undo all of this
};
const PING_INTERVAL_MS = 15_000;
const PING_FRAME = ': ping\n\n';
const ACCESS_CHECK_INTERVAL_MS = 1_000;
const SHUTDOWN_FRAME = 'retry: 500\n: the server restarts, please reconnect\n\n';

interface OpenStream {
  request: FastifyRequest;
  end: (finalFrame: string) => void;
}

/**
 * Server-sent events. Nothing is buffered beyond the socket: a slow reader slows only itself. A stream ends with the
 * session or key it was opened with, within a second. When the server drains, readers are told to come back.
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
      // Kept alive, the connection of a reader would hold up the end of the server.
      if (this.draining) raw.once('finish', () => socket?.end());
      raw.end();
      if (!raw.writableFinished) setWriteTimeout(raw);
    }
  }

  /** Sends what an operation that `streams` has come to: a plain answer, or a stream. */
  async respond(reply: FastifyReply, result: object | FrameSource): Promise<void> {
    if ('read' in result) await this.send(reply, result);
    else await reply.status(200).send(result);
  }

  /** Ends every stream, and those that begin from now on; readers come back to whichever process is there. */
  drain(): void {
    this.draining = true;
    for (const { end } of this.openStreams) end(SHUTDOWN_FRAME);
  }

  private pipe(raw: ServerResponse, request: FastifyRequest, source: FrameSource): Promise<void> {
    return new Promise((resolve) => {
      const connection = new StreamConnection(raw, source, () => {
        this.openStreams.delete(entry);
        resolve();
      });
      const entry: OpenStream = { request, end: (finalFrame) => connection.end(finalFrame) };
      this.openStreams.add(entry);
      if (this.draining) connection.end(SHUTDOWN_FRAME);
      else connection.pump();
    });
  }

  /** Whoever has logged out, or whose key is gone, reads no further. */
  private async endUnauthorizedStreams(): Promise<void> {
    if (this.checkingAccess) return;
    this.checkingAccess = true;
    const checks = [...this.openStreams].map(async ({ request, end }) => {
      if (!(await this.authenticator.isStillValid(request))) end('');
    });
    await Promise.allSettled(checks); // while nobody can be asked, streams go on
    this.checkingAccess = false;
  }
}

/** One stream on its way to one reader. */
class StreamConnection {
  private ended = false;
  private writeTimeout: NodeJS.Timeout | undefined;
  private readonly pingTimer: NodeJS.Timeout;

  constructor(
    private readonly raw: ServerResponse,
    private readonly source: FrameSource,
    private readonly done: () => void,
  ) {
    this.pingTimer = setInterval(() => raw.writableLength === 0 && raw.write(PING_FRAME), PING_INTERVAL_MS);
    raw.once('close', () => this.end(''));
  }

  /** What one packet of a provider brings comes in many calls, and goes out in one write. */
  private readonly schedulePump = (): void => process.nextTick(this.pump);

  readonly pump = (): void => {
    clearTimeout(this.writeTimeout);
    while (!this.ended) {
      if (this.raw.destroyed) return this.end('');
      const frames = this.source.read();
      if (frames === null) return this.end('');
      if (frames === '') return this.source.onReadable(this.schedulePump);
      if (!this.raw.write(frames)) return this.waitForDrain();
    }
  };

  end(finalFrame: string): void {
    if (this.ended) return;
    this.ended = true;
    clearInterval(this.pingTimer);
    clearTimeout(this.writeTimeout);
    this.source.close();
    if (finalFrame !== '' && !this.raw.destroyed) this.raw.write(finalFrame);
    this.done();
  }

  private waitForDrain(): void {
    this.writeTimeout = setTimeout(() => this.raw.destroy(), WRITE_TIMEOUT_MS);
    this.raw.once('drain', this.pump);
  }
}
