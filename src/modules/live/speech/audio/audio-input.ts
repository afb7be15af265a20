import { AudioError } from './audio-error.js';
import { OpusStreamDecoder } from './opus-stream-decoder.js';
import { BYTES_PER_SAMPLE, SAMPLE_RATE, SampleAligner } from './pcm.js';

/** The formats of a client's audio: PCM of the format in pcm.ts, or one stream of Opus in a container. */
export const AUDIO_FORMATS = ['pcm16', 'opus-webm', 'opus-ogg'] as const;
export type AudioFormat = (typeof AUDIO_FORMATS)[number];

/** Decodes the audio of one connection in the order of its arrival. Its durations are those of the decoded samples. */
export class AudioInput {
  private readonly aligner = new SampleAligner();
  private readonly opus: OpusStreamDecoder | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private pendingBytes = 0;

  constructor(readonly format: AudioFormat) {
    if (format !== 'pcm16') this.opus = new OpusStreamDecoder(format === 'opus-ogg' ? 'ogg' : 'webm');
  }

  /** Bytes that wait to be decoded. */
  get waitingBytes(): number {
    return this.pendingBytes;
  }

  /** Calls back with decoded audio, in order. Throws an {@link AudioError} for bytes that are not of the format. */
  async append(bytes: Buffer, onPcm: (pcm: Buffer) => void): Promise<void> {
    if (!this.opus) return this.emit(this.aligner.append(bytes), onPcm);
    if (this.pendingBytes > MAX_WAITING_BYTES) throw new AudioError('The audio arrives too fast.');
    this.pendingBytes += bytes.length;
    const { opus } = this;
    const decoded = this.queue.then(async () => this.emit(await opus.append(bytes), onPcm));
    this.queue = decoded.catch(() => undefined);
    await decoded.finally(() => (this.pendingBytes -= bytes.length));
  }

  close(): void {
    this.opus?.close();
  }

  private emit(pcm: Buffer, onPcm: (pcm: Buffer) => void): void {
    for (let start = 0; start < pcm.length; start += PIECE_BYTES)
      onPcm(pcm.subarray(start, start + PIECE_BYTES));
  }
}

const MAX_WAITING_BYTES = 1024 * 1024;
/** 100 ms. */
const PIECE_BYTES = (SAMPLE_RATE / 10) * BYTES_PER_SAMPLE;
