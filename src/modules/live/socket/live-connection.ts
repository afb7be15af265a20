import type { WebSocket } from 'ws';
import type { LiveChannel, LiveChannelSession } from '../channel/live-channel.js';
import type { LiveServerEvents, LiveServerEventType } from '../channel/live-events.js';
import type { SessionOutput } from '../channel/session-output.js';

/** A client that has not read so many bytes is disconnected. */
const MAX_UNSENT_BYTES = 1024 * 1024;
/** Audio waits for a client that has not read so many bytes. */
const AUDIO_PAUSE_BYTES = 256 * 1024;
const AUDIO_RESUME_BYTES = 64 * 1024;
/** A client whose connection cannot take the close frame is cut. */
const CLOSE_TIMEOUT_MS = 1_000;

const REPLACED = [4409, 'replaced'] as const;

/** Closes a socket that never had the session. It sends no event, because the numbers are those of the newer socket. */
export function closeReplaced(socket: WebSocket): void {
  socket.on('error', () => undefined); // `close` follows
  socket.close(...REPLACED);
  setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS).unref();
}

/** Sends events and audio to one client, with a bound for what the client does not read. */
export class LiveConnection implements LiveChannel {
  private readonly closing = new AbortController();
  readonly closed = this.closing.signal;
  private waiting: (() => void)[] = [];
  private receive: (data: Buffer, isBinary: boolean) => void = () => undefined;
  /** Frames that have arrived while reading was paused. */
  private readonly unread: [data: Buffer, isBinary: boolean][] = [];
  private isReadingPaused = false;
  /** The number of the first event of this socket. */
  private readonly firstSeq: number;

  constructor(
    readonly session: LiveChannelSession,
    /** The number of this socket among those of the session: the highest one has it. */
    readonly attachment: number,
    private readonly socket: WebSocket,
    private readonly output: SessionOutput,
  ) {
    this.firstSeq = output.log.lastSeq + 1;
    output.writer = (frame) => this.write(frame);
    socket.once('close', () => this.markClosed());
    socket.on('error', () => undefined); // `close` follows
  }

  send<Type extends LiveServerEventType>(type: Type, data: LiveServerEvents[Type]): void {
    if (this.closed.aborted) return;
    this.output.send(type, data);
  }

  /** Sends events again that were sent to earlier sockets of the session. They have their old numbers. */
  replay(frames: readonly (readonly [seq: number, frame: string])[]): void {
    for (const [seq, frame] of frames) if (seq < this.firstSeq) this.write(frame);
  }

  sendAudio(bytes: Uint8Array): boolean {
    this.write(bytes);
    return this.socket.bufferedAmount < AUDIO_PAUSE_BYTES;
  }

  whenWritable(): Promise<void> {
    if (this.closed.aborted || this.socket.bufferedAmount <= AUDIO_RESUME_BYTES) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Sends a close frame. Nothing is sent afterwards. */
  close(code: number, reason: string): void {
    if (this.closed.aborted) return;
    this.socket.close(code, reason);
    this.markClosed();
    setTimeout(() => this.socket.terminate(), CLOSE_TIMEOUT_MS).unref();
  }

  /** A newer socket has the session. */
  closeReplaced(): void {
    this.notify('session.ending', { reason: 'replaced' });
    this.close(...REPLACED);
  }

  /** Cuts the connection. */
  terminate(): void {
    this.socket.terminate();
    this.markClosed();
  }

  /** Calls back when the client answers a ping. */
  onPong(callback: () => void): void {
    this.socket.on('pong', callback);
  }

  onMessage(callback: (data: Buffer, isBinary: boolean) => void): void {
    this.receive = callback;
    this.socket.on('message', (data, isBinary) => {
      this.unread.push([data as Buffer, isBinary]);
      this.readNext();
    });
  }

  ping(): void {
    if (!this.closed.aborted) this.socket.ping();
  }

  /** Reads no more from the client until `resumeReading`. Frames that have arrived already wait, too. */
  pauseReading(): void {
    this.isReadingPaused = true;
    this.socket.pause();
  }

  resumeReading(): void {
    this.isReadingPaused = false;
    this.readNext();
    if (!this.isReadingPaused) this.socket.resume();
  }

  private readNext(): void {
    while (!this.isReadingPaused && !this.closed.aborted) {
      const frame = this.unread.shift();
      if (!frame) return;
      this.receive(...frame);
    }
  }

  /** Sends an event to this socket alone. */
  private notify<Type extends LiveServerEventType>(type: Type, data: LiveServerEvents[Type]): void {
    this.write(JSON.stringify({ type, seq: this.output.log.takeSeq(), data }));
  }

  private write(frame: string | Uint8Array): void {
    if (this.closed.aborted) return;
    if (this.socket.bufferedAmount > MAX_UNSENT_BYTES) return this.terminate();
    this.socket.send(frame, () => this.notifyWritable());
  }

  private notifyWritable(): void {
    if (this.waiting.length === 0 || this.socket.bufferedAmount > AUDIO_RESUME_BYTES) return;
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  private markClosed(): void {
    if (this.closed.aborted) return;
    this.closing.abort();
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
