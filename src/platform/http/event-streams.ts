import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { ServerResponse } from 'node:http';
import { once } from 'node:events';

/** Text frames of an event stream; ends early when `signal` aborts. */
export type Frames = (signal: AbortSignal) => AsyncIterable<string>;

/** One numbered event as it goes over the wire. `data` is JSON, so it has no line breaks. */
export function frameOf(id: number, event: string, data: string): string {
  return `id: ${id}\nevent: ${event}\ndata: ${data}\n\n`;
}

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  'X-Accel-Buffering': 'no', // a proxy that collects an answer before passing it on would undo all of this
};
const PING_MS = 15_000;
const PING = ': ping\n\n';
/** A reader that takes nothing for so long is gone, whatever its connection says. */
const STUCK_MS = 60_000;
const GOODBYE = 'retry: 500\n: the server restarts, please reconnect\n\n';

/**
 * Server-sent events. Nothing is buffered beyond the socket: a slow reader slows only itself. When the server
 * drains, readers are told to come back and their streams end.
 */
@Injectable()
export class EventStreams {
  private readonly open = new Set<AbortController>();
  private draining = false;

  async send(reply: FastifyReply, frames: Frames): Promise<void> {
    const { raw, request } = reply;
    const { socket } = raw;
    const headers = reply.getHeaders();
    reply.hijack();
    raw.writeHead(200, { ...(headers as Record<string, string>), ...HEADERS });
    try {
      if (request.method !== 'HEAD') await this.pass(raw, frames);
    } finally {
      // Kept alive, the connection of a reader would hold up the end of the server.
      if (this.draining) raw.once('finish', () => socket?.end());
      raw.end();
    }
  }

  /** Sends what an operation that `streams` has come to: a plain answer, or a stream. */
  async answer(reply: FastifyReply, result: object | Frames): Promise<void> {
    if (typeof result === 'function') await this.send(reply, result as Frames);
    else await reply.status(200).send(result);
  }

  /** Ends every stream, and those that begin from now on; readers come back to whichever process is there. */
  drain(): void {
    this.draining = true;
    for (const reading of this.open) reading.abort('draining');
  }

  private async pass(raw: ServerResponse, frames: Frames): Promise<void> {
    const reading = new AbortController();
    const gone = (): void => reading.abort('gone');
    if (raw.destroyed) gone();
    raw.once('close', gone);
    if (this.draining) reading.abort('draining');
    this.open.add(reading);
    const ping = setInterval(() => raw.writableLength === 0 && raw.write(PING), PING_MS);
    try {
      for await (const frame of frames(reading.signal)) await write(raw, frame, reading.signal);
      if (reading.signal.reason === 'draining') raw.write(GOODBYE);
    } finally {
      clearInterval(ping);
      this.open.delete(reading);
      raw.off('close', gone);
    }
  }
}

async function write(raw: ServerResponse, frame: string, signal: AbortSignal): Promise<void> {
  if (raw.write(frame) || signal.aborted) return;
  const stuck = setTimeout(() => raw.destroy(), STUCK_MS);
  await once(raw, 'drain', { signal }).catch(() => undefined);
  clearTimeout(stuck);
}
