import { EventEmitter } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import type { RequestAuthenticator } from '../access/request-authenticator.js';
import { UnsentBytes } from '../http/unsent-bytes.js';
import { EventStreams, type FrameSource } from './event-streams.js';

/** The response of a reader who takes as much as a test says. */
class FakeResponse extends EventEmitter {
  readonly written: string[] = [];
  destroyed = false;
  writableLength = 0;
  acceptsWrites = true;
  ended = false;
  writeHead = (): this => this;

  write(text: string): boolean {
    this.written.push(text);
    return this.acceptsWrites;
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
class FakeFrameSource implements FrameSource {
  framesRead = 0;
  closeCalls = 0;

  constructor(private readonly last: number) {}

  read(): string | null {
    return this.framesRead === this.last ? null : `${(this.framesRead += 1)}`;
  }

  onReadable(): void {
    throw new Error('There always is more.');
  }

  close(): void {
    this.closeCalls += 1;
  }
}

describe('a stream of events', () => {
  const streams = new EventStreams({} as RequestAuthenticator);
  const unsentBytes = new UnsentBytes({ maxBytes: 100, maxBytesPerCaller: 10 });
  let raw: FakeResponse;

  beforeEach(() => (raw = new FakeResponse()));
  afterEach(() => jest.useRealTimers());
  afterAll(() => streams.onModuleDestroy());

  function startStream(source: FrameSource): Promise<void> {
    const request = { method: 'GET', server: { unsentBytes } };
    const reply = { raw, request, getHeaders: () => ({}), hijack: () => undefined };
    return streams.send(reply as unknown as FastifyReply, source);
  }

  it('takes nothing for a reader whose socket is full, until it has room', async () => {
    const frames = new FakeFrameSource(3);
    raw.acceptsWrites = false;
    const sending = startStream(frames);
    for (const taken of [1, 2, 3]) {
      for (let turn = 0; turn < 10; turn += 1) await nextTurn();
      expect([frames.framesRead, raw.written.length, raw.ended]).toEqual([taken, taken, false]);
      raw.emit('drain');
    }
    await sending;
    expect([raw.written, frames.closeCalls, raw.ended]).toEqual([['1', '2', '3'], 1, true]);
  });

  it('goes on without a pause for a reader who takes it', async () => {
    const frames = new FakeFrameSource(100);
    await startStream(frames);
    expect([raw.written.length, frames.closeCalls]).toEqual([100, 1]);
  });

  it('is given up when its reader takes nothing for a minute', async () => {
    jest.useFakeTimers();
    const frames = new FakeFrameSource(3);
    raw.acceptsWrites = false;
    const sending = startStream(frames);
    jest.advanceTimersByTime(59_000);
    expect(raw.destroyed).toBe(false);
    jest.advanceTimersByTime(1_000);
    expect(raw.destroyed).toBe(true);
    await sending;
    expect([frames.framesRead, frames.closeCalls]).toEqual([1, 1]);
  });

  it('is cut when its caller has used the share of unread bytes', async () => {
    raw.acceptsWrites = false;
    raw.writableLength = 11;
    await startStream(new FakeFrameSource(3));
    expect(raw.destroyed).toBe(true);
  });

  it('lets go of its source when its reader leaves, once', async () => {
    const frames = new FakeFrameSource(3);
    raw.acceptsWrites = false;
    const sending = startStream(frames);
    raw.destroy();
    await sending;
    raw.emit('drain');
    expect([frames.framesRead, frames.closeCalls]).toEqual([1, 1]);
  });
});
