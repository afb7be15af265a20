import { setTimeout as pause } from 'node:timers/promises';
import { BYTES_PER_SAMPLE, msToSamples, samplesToMs } from '../audio/pcm.js';

/** Where audio is sent: a socket. */
export interface AudioSink {
  /** Returns false when the caller should wait for `whenWritable`. */
  sendAudio(bytes: Uint8Array): boolean;
  whenWritable(): Promise<void>;
}

/** Audio that the client has before it plays it. What is sent later can still be stopped. */
const LEAD_MS = 1_000;
const FRAME_BYTES = msToSamples(100) * BYTES_PER_SAMPLE;
/** A client that plays nothing for so long has stopped. */
const PATIENCE_MS = 5_000;
const MIN_WAIT_MS = 5;

/** Sends the audio of one answer a little ahead of its playback, and knows how much of it was played. */
export class AudioPacer {
  private readonly queue: Buffer[] = [];
  private queuedBytes = 0;
  private sentSamples = 0;
  private wakeUp = new AbortController();
  private isStopped = false;
  private isHeld = false;
  private isPumping = false;
  private pump: Promise<void> = Promise.resolve();
  /** The last known position of the playback, and when it was known. */
  private position = { samples: 0, at: 0, isReported: false };
  private firstSentAt: number | null = null;
  private lastSentAt = 0;

  /** `now`: milliseconds of a clock that never goes back. */
  constructor(
    private readonly sink: AudioSink,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** When the first audio was sent; null before. */
  get firstAudioAt(): number | null {
    return this.firstSentAt;
  }

  /** Whether the client hears audio now, as far as the server knows. */
  get isAudible(): boolean {
    const isPlaying = this.queue.length > 0 || this.playedSamples() < this.sentSamples;
    return this.firstSentAt !== null && !this.isStopped && isPlaying;
  }

  /** Milliseconds of audio that were not sent. */
  get waitingMs(): number {
    return samplesToMs(this.queuedBytes / BYTES_PER_SAMPLE);
  }

  /** Queues audio. The first is sent at once. */
  append(pcm: Buffer): void {
    if (this.isStopped || pcm.length === 0) return;
    for (let start = 0; start < pcm.length; start += FRAME_BYTES)
      this.queue.push(pcm.subarray(start, start + FRAME_BYTES));
    this.queuedBytes += pcm.length;
    if (!this.isPumping) this.pump = this.run();
  }

  /** The client says how much it has played. */
  recordPlayback(milliseconds: number): void {
    const samples = Math.min(this.sentSamples, Math.max(0, msToSamples(milliseconds)));
    this.position = { samples, at: this.now(), isReported: true };
    this.wake();
  }

  /** Sends nothing until `resume`; the client pauses its playback as well. */
  hold(): void {
    if (this.isHeld) return;
    this.fixPosition();
    this.isHeld = true;
  }

  resume(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.position.at = this.now();
    this.wake();
  }

  /** Drops what was not sent. Nothing is sent any more. */
  stop(): void {
    if (this.isStopped) return;
    this.fixPosition();
    this.isStopped = true;
    this.queue.length = 0;
    this.queuedBytes = 0;
    this.wake();
  }

  /** Returns the samples that were played: as the client reported, and the time since then. */
  playedSamples(): number {
    const { samples, at } = this.position;
    if (this.firstSentAt === null) return 0;
    if (this.isHeld || this.isStopped) return samples;
    return Math.min(this.sentSamples, samples + msToSamples(this.now() - at));
  }

  /** Resolves when everything was sent and probably played, and after `stop`. */
  async whenPlayed(): Promise<void> {
    while (this.isPumping) await this.pump;
    while (!this.isStopped && this.playedSamples() < this.sentSamples) {
      if (!this.isHeld && this.now() - this.lastSentAt > samplesToMs(this.sentSamples) + PATIENCE_MS) return;
      await this.wait(samplesToMs(this.sentSamples - this.playedSamples()));
    }
  }

  private async run(): Promise<void> {
    this.isPumping = true;
    for (let frame = this.queue[0]; frame; frame = this.queue[0]) {
      const excess = samplesToMs(this.sentSamples - this.playedSamples()) - LEAD_MS;
      if (this.isHeld || excess > 0) {
        await this.wait(this.isHeld ? PATIENCE_MS : excess);
        continue;
      }
      this.queue.shift();
      if (!this.sendFrame(frame)) await this.sink.whenWritable();
    }
    this.isPumping = false;
  }

  private sendFrame(frame: Buffer): boolean {
    this.queuedBytes -= frame.length;
    this.lastSentAt = this.now();
    // Playback that ran dry goes on with this frame, so the time without audio does not count.
    if (this.playedSamples() >= this.sentSamples) this.fixPosition();
    this.firstSentAt ??= this.lastSentAt;
    this.sentSamples += frame.length / BYTES_PER_SAMPLE;
    return this.sink.sendAudio(frame);
  }

  private fixPosition(): void {
    this.position = { ...this.position, samples: this.playedSamples(), at: this.now() };
  }

  private async wait(ms: number): Promise<void> {
    const { signal } = this.wakeUp;
    await pause(Math.max(MIN_WAIT_MS, ms), undefined, { signal, ref: false }).catch(() => undefined);
  }

  private wake(): void {
    this.wakeUp.abort();
    this.wakeUp = new AbortController();
  }
}
