import type { ServerResponse } from 'node:http';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Identities } from '../access/request-authenticator.js';
import { giveUpUnread, UNREAD_MS } from '../http/slow-client-limits.js';

/** Text frames that are read at the reader's own pace. Without promises: there are very many of them. */
export interface FrameSource {
  /** What is there now, or a good piece of it; empty for nothing yet, null when nothing more can come. */
  take(): string | null;
  /** Calls back once, when there is more, or the end. */
  more(ready: () => void): void;
  /** Nobody reads any more: nothing is called back. */
  close(): void;
}

/** One numbered event as it goes over the wire. `data` is JSON, so it has no line breaks. */
export function frameOf(id: number, event: string, data: string): string {
  return `id: ${id}\nevent: ${event}\ndata: ${data}\n\n`;
}

/** Characters that are handed on at once: a reader who takes nothing is owed no more than that. */
const PIECE = 256 * 1024;

/** The place after those frames from `from` on that make a good piece. */
export function endOfPiece(frames: readonly string[], from: number): number {
  let size = 0;
  let end = from;
  while (end < frames.length && size < PIECE) {
    size += frames[end]?.length ?? 0;
    end += 1;
  }
  return end;
}

/** The last event in frames of that kind. */
export function lastEventIn(frames: string): { event: string; data: unknown } | undefined {
  const [, event, data] = /event: (\w+)\ndata: ([^\n]*)\n\n$/.exec(frames) ?? [];
  return event === undefined || data === undefined ? undefined : { event, data: JSON.parse(data) as unknown };
}

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  'X-Accel-Buffering': 'no', // a proxy that collects an answer before passing it on would undo all of this
};
const PING_MS = 15_000;
const PING = ': ping\n\n';
const CHECK_MS = 1_000;
const GOODBYE = 'retry: 500\n: the server restarts, please reconnect\n\n';

interface Open {
  request: FastifyRequest;
  end: (lastWords: string) => void;
}

/**
 * Server-sent events. Nothing is buffered beyond the socket: a slow reader slows only itself. A stream ends with the
 * session or key it was opened with, within a second. When the server drains, readers are told to come back.
 */
@Injectable()
export class EventStreams implements OnModuleDestroy {
  private readonly open = new Set<Open>();
  private readonly timer = setInterval(() => void this.check(), CHECK_MS).unref();
  private checking = false;
  private draining = false;

  constructor(private readonly identities: Identities) {}

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  async send(reply: FastifyReply, source: FrameSource): Promise<void> {
    const { raw, request } = reply;
    const { socket } = raw;
    const headers = reply.getHeaders();
    reply.hijack();
    raw.writeHead(200, { ...(headers as Record<string, string>), ...HEADERS });
    try {
      if (request.method !== 'HEAD') await this.pass(raw, request, source);
    } finally {
      // Kept alive, the connection of a reader would hold up the end of the server.
      if (this.draining) raw.once('finish', () => socket?.end());
      raw.end();
      if (!raw.writableFinished) giveUpUnread(raw);
    }
  }

  /** Sends what an operation that `streams` has come to: a plain answer, or a stream. */
  async answer(reply: FastifyReply, result: object | FrameSource): Promise<void> {
    if ('take' in result) await this.send(reply, result);
    else await reply.status(200).send(result);
  }

  /** Ends every stream, and those that begin from now on; readers come back to whichever process is there. */
  drain(): void {
    this.draining = true;
    for (const { end } of this.open) end(GOODBYE);
  }

  private pass(raw: ServerResponse, request: FastifyRequest, source: FrameSource): Promise<void> {
    return new Promise((done) => {
      const stream = new Passing(raw, source, () => {
        this.open.delete(entry);
        done();
      });
      const entry: Open = { request, end: (lastWords) => stream.end(lastWords) };
      this.open.add(entry);
      if (this.draining) stream.end(GOODBYE);
      else stream.pump();
    });
  }

  /** Whoever has logged out, or whose key is gone, reads no further. */
  private async check(): Promise<void> {
    if (this.checking) return;
    this.checking = true;
    const checks = [...this.open].map(async ({ request, end }) => {
      if (!(await this.identities.goesOn(request))) end('');
    });
    await Promise.allSettled(checks); // while nobody can be asked, streams go on
    this.checking = false;
  }
}

/** One stream on its way to one reader. */
class Passing {
  private over = false;
  private stuck: NodeJS.Timeout | undefined;
  private readonly ping: NodeJS.Timeout;

  constructor(
    private readonly raw: ServerResponse,
    private readonly source: FrameSource,
    private readonly done: () => void,
  ) {
    this.ping = setInterval(() => raw.writableLength === 0 && raw.write(PING), PING_MS);
    raw.once('close', () => this.end(''));
  }

  /** What one packet of a provider brings comes in many calls, and goes out in one write. */
  private readonly soon = (): void => process.nextTick(this.pump);

  readonly pump = (): void => {
    clearTimeout(this.stuck);
    while (!this.over) {
      if (this.raw.destroyed) return this.end('');
      const frames = this.source.take();
      if (frames === null) return this.end('');
      if (frames === '') return this.source.more(this.soon);
      if (!this.raw.write(frames)) return this.wait();
    }
  };

  end(lastWords: string): void {
    if (this.over) return;
    this.over = true;
    clearInterval(this.ping);
    clearTimeout(this.stuck);
    this.source.close();
    if (lastWords !== '' && !this.raw.destroyed) this.raw.write(lastWords);
    this.done();
  }

  private wait(): void {
    this.stuck = setTimeout(() => this.raw.destroy(), UNREAD_MS);
    this.raw.once('drain', this.pump);
  }
}
