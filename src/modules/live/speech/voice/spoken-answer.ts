import { ModelFailure } from '@/modules/ai/index.js';
import { BYTES_PER_SAMPLE } from '../audio/pcm.js';
import type { TextToSpeech } from '../providers/text-to-speech.js';
import { AudioPacer, type AudioSink } from './audio-pacer.js';
import { findHeardText, type SpokenSegment } from './heard-text.js';
import { toSpeakableText } from './speakable-text.js';
import { SpeechSplitter } from './speech-splitter.js';

/** Receives what happens while an answer is spoken. */
export interface SpokenAnswerListener {
  onFirstAudio(): void;
  /** The audio of a part has begun (`isComplete` is false), or has arrived. Positions count samples of the answer. */
  onSegment(segment: SpokenSegment & { spoken: string; startSample: number; index: number }): void;
  /** The rest of the answer is not spoken. */
  onFailure(error: unknown): void;
}

export interface SpokenAnswerOptions {
  textToSpeech: TextToSpeech;
  sink: AudioSink;
  voice: string | null;
  listener: SpokenAnswerListener;
}

/** Speech is made ahead of the playback by about this much: what is made later can still be saved. */
const MAX_WAITING_MS = 15_000;
const ATTEMPTS = 2;
const WAIT_STEP_MS = 250;

/** Speaks one answer, sentence by sentence, while its text arrives. */
export class SpokenAnswer {
  private readonly splitter = new SpeechSplitter();
  private readonly pacer: AudioPacer;
  private readonly segments: SpokenSegment[] = [];
  private readonly stopped = new AbortController();
  private readonly signal = this.stopped.signal;
  private next = 0;
  private isWorking = false;
  private work: Promise<void> = Promise.resolve();
  private isSilent = false;
  private isHeld = false;

  constructor(private readonly options: SpokenAnswerOptions) {
    this.pacer = new AudioPacer(options.sink);
  }

  get firstAudioAt(): number | null {
    return this.pacer.firstAudioAt;
  }

  /** Whether the client hears the answer now. */
  get isAudible(): boolean {
    return this.pacer.isAudible;
  }

  speak(delta: string): void {
    this.enqueue(this.splitter.append(delta));
  }

  /** Resolves when all audio was sent and probably played, or after `stop`. */
  async finish(): Promise<void> {
    this.enqueue(this.splitter.finish());
    while (this.isWorking) await this.work;
    await this.pacer.whenPlayed();
  }

  /** Stops the audio and the requests for it. */
  stop(): void {
    this.pacer.stop();
    this.stopped.abort();
  }

  hold(): void {
    this.isHeld = true;
    this.pacer.hold();
  }

  resume(): void {
    this.isHeld = false;
    this.pacer.resume();
  }

  recordPlayback(milliseconds: number): void {
    this.pacer.recordPlayback(milliseconds);
  }

  heardText(): string {
    return findHeardText(this.segments, this.pacer.playedSamples());
  }

  private enqueue(texts: readonly string[]): void {
    if (this.signal.aborted) return;
    for (const text of texts) this.segments.push({ text, samples: 0, isComplete: false });
    if (!this.isWorking) this.work = this.run();
  }

  private async run(): Promise<void> {
    this.isWorking = true;
    let startSample = this.segments.slice(0, this.next).reduce((sum, { samples }) => sum + samples, 0);
    for (let segment = this.segments[this.next]; segment; segment = this.segments[this.next]) {
      if (this.signal.aborted || this.isSilent) break;
      await this.waitForPlayback();
      await this.speakSegment(segment, startSample);
      startSample += segment.samples;
      this.next += 1;
    }
    this.isWorking = false;
  }

  private async speakSegment(segment: SpokenSegment, startSample: number): Promise<void> {
    const spoken = toSpeakableText(segment.text);
    const report = (): void =>
      this.options.listener.onSegment({ ...segment, spoken, startSample, index: this.next });
    try {
      if (spoken !== '') await this.synthesize(segment, spoken, report);
      segment.isComplete = true;
      if (spoken !== '') report();
    } catch (error) {
      if (this.signal.aborted) return;
      this.isSilent = true;
      this.options.listener.onFailure(error);
    }
  }

  /** Asks again once when a sentence failed before its first audio. */
  private async synthesize(segment: SpokenSegment, spoken: string, report: () => void): Promise<void> {
    const { textToSpeech, voice, listener } = this.options;
    const onAudio = (pcm: Buffer): void => {
      if (this.signal.aborted) return;
      const isFirst = this.firstAudioAt === null;
      this.pacer.append(pcm);
      const beginsSegment = segment.samples === 0;
      segment.samples += pcm.length / BYTES_PER_SAMPLE;
      if (isFirst) listener.onFirstAudio();
      if (beginsSegment) report();
    };
    for (let attempt = 1; ; attempt += 1) {
      try {
        await textToSpeech.synthesize({ text: spoken, voice, signal: this.signal, onAudio });
        return;
      } catch (error) {
        const canRepeat = error instanceof ModelFailure && error.kind !== 'refused' && segment.samples === 0;
        if (this.signal.aborted || !canRepeat || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** Waits while the answer is held, and while much audio waits to be sent. */
  private async waitForPlayback(): Promise<void> {
    while ((this.isHeld || this.pacer.waitingMs > MAX_WAITING_MS) && !this.signal.aborted)
      await new Promise<void>((resolve) => {
        setTimeout(resolve, WAIT_STEP_MS).unref();
      });
  }
}
