import { EventEmitter } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import type { Identities } from '../access/request-authenticator.js';
import { EventStreams, type FrameSource } from './event-streams.js';

/** The response of a reader who takes as much as a test says. */
class Response extends EventEmitter {
  readonly written: string[] = [];
  destroyed = false;
  writableLength = 0;
  takes = true;
  ended = false;
  writeHead = (): this => this;

  write(text: string): boolean {
    this.written.push(text);
    return this.takes;
  }

  end(): void {
    this.ended = true;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

/** Always has another frame, up to a last one. */
class Frames implements FrameSource {
  taken = 0;
  closed = 0;

  constructor(private readonly last: number) {}

  take(): string | null {
    return this.taken === this.last ? null : `${(this.taken += 1)}`;
  }

  more(): void {
    throw new Error('There always is more.');
  }

  close(): void {
    this.closed += 1;
  }
}

describe('a stream of events', () => {
  const streams = new EventStreams({} as Identities);
  let raw: Response;

  beforeEach(() => (raw = new Response()));
  afterEach(() => jest.useRealTimers());
  afterAll(() => streams.onModuleDestroy());

  function sent(source: FrameSource): Promise<void> {
    const reply = { raw, request: { method: 'GET' }, getHeaders: () => ({}), hijack: () => undefined };
    return streams.send(reply as unknown as FastifyReply, source);
  }

  it('takes nothing for a reader whose socket is full, until it has room', async () => {
    const frames = new Frames(3);
    raw.takes = false;
    const sending = sent(frames);
    for (const taken of [1, 2, 3]) {
      for (let turn = 0; turn < 10; turn += 1) await nextTurn();
      expect([frames.taken, raw.written.length, raw.ended]).toEqual([taken, taken, false]);
      raw.emit('drain');
    }
    await sending;
    expect([raw.written, frames.closed, raw.ended]).toEqual([['1', '2', '3'], 1, true]);
  });

  it('goes on without a pause for a reader who takes it', async () => {
    const frames = new Frames(100);
    await sent(frames);
    expect([raw.written.length, frames.closed]).toEqual([100, 1]);
  });

  it('is given up when its reader takes nothing for a minute', async () => {
    jest.useFakeTimers();
    const frames = new Frames(3);
    raw.takes = false;
    const sending = sent(frames);
    jest.advanceTimersByTime(59_000);
    expect(raw.destroyed).toBe(false);
    jest.advanceTimersByTime(1_000);
    expect(raw.destroyed).toBe(true);
    await sending;
    expect([frames.taken, frames.closed]).toEqual([1, 1]);
  });

  it('lets go of its source when its reader leaves, once', async () => {
    const frames = new Frames(3);
    raw.takes = false;
    const sending = sent(frames);
    raw.destroy();
    await sending;
    raw.emit('drain');
    expect([frames.taken, frames.closed]).toEqual([1, 1]);
  });
});
