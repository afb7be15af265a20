import { BYTES_PER_SAMPLE, msToSamples, samplesToMs } from '../audio/pcm.js';
import type { VoiceActivityDetector } from './voice-activity-detector.js';

/** Speech from its beginning to its end. */
export interface RecordedUtterance {
  pcm: Buffer;
  /** The duration from the first to the last voice. */
  durationMs: number;
  /** Milliseconds with voice in it. */
  voicedMs: number;
  /** Milliseconds from the last voice to the end of the stream so far. */
  agoMs: number;
}

export interface UtteranceListener {
  onVoice(): void;
  onUtterance(utterance: RecordedUtterance): void;
}

/** Audio before the first voice: soft consonants are below the threshold. */
const BEFORE_MS = 300;
const AFTER_MS = 200;
const KEPT_SAMPLES = msToSamples(600);
/** Longer speech is cut, and goes on in the next utterance. */
const MAX_SAMPLES = msToSamples(60_000);

/** Cuts the utterances out of a stream of PCM. */
export class UtteranceRecorder {
  private audio: Buffer = Buffer.alloc(0);
  private parts: Buffer[] = [];
  /** The sample at which the kept audio begins, and the one at which it ends. */
  private first = 0;
  private end = 0;
  private utteranceStart = 0;
  private cutVoiced = 0;

  constructor(
    private readonly detector: VoiceActivityDetector,
    private readonly listener: UtteranceListener,
  ) {}

  /** Whether the user speaks, pauses between words included. */
  get isVoice(): boolean {
    return this.detector.isVoice;
  }

  /** Milliseconds with voice in the present utterance. */
  get voicedMs(): number {
    return samplesToMs(this.detector.voicedSamples - this.cutVoiced);
  }

  /** Milliseconds of silence at the end of the present utterance. */
  get silentMs(): number {
    return samplesToMs(this.detector.silentSamples);
  }

  append(pcm: Buffer): void {
    this.parts.push(pcm);
    this.end += pcm.length / BYTES_PER_SAMPLE;
    for (const event of this.detector.append(pcm)) {
      if (event.type === 'voice_started') {
        this.utteranceStart = event.startSample;
        this.cutVoiced = 0;
        this.listener.onVoice();
      } else this.emit(event.endSample, event.voicedSamples);
    }
    if (this.isVoice && this.end - this.utteranceStart >= MAX_SAMPLES) this.cut();
    if (!this.isVoice) this.trim();
  }

  private cut(): void {
    const voiced = this.detector.voicedSamples;
    this.emit(this.end, voiced);
    this.cutVoiced = voiced;
    this.utteranceStart = this.end;
    this.trim();
  }

  private emit(endSample: number, voicedSamples: number): void {
    const start = Math.max(this.first, this.utteranceStart - msToSamples(BEFORE_MS));
    const stop = Math.min(this.end, endSample + msToSamples(AFTER_MS));
    const offset = (sample: number): number => (sample - this.first) * BYTES_PER_SAMPLE;
    const pcm = Buffer.from(this.joined().subarray(offset(start), offset(stop)));
    this.listener.onUtterance({
      pcm,
      durationMs: samplesToMs(Math.max(0, endSample - this.utteranceStart)),
      voicedMs: samplesToMs(voicedSamples - this.cutVoiced),
      agoMs: samplesToMs(this.end - endSample),
    });
  }

  /** Keeps only what can be the beginning of the next utterance. */
  private trim(): void {
    const surplus = this.end - this.first - KEPT_SAMPLES;
    if (surplus <= KEPT_SAMPLES) return;
    this.audio = Buffer.from(this.joined().subarray(surplus * BYTES_PER_SAMPLE));
    this.first += surplus;
  }

  private joined(): Buffer {
    this.audio = Buffer.concat([this.audio, ...this.parts]);
    this.parts = [];
    return this.audio;
  }
}
