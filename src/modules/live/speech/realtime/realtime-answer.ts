import { ModelFailure } from '@/modules/ai/index.js';
import { BYTES_PER_SAMPLE, samplesToMs } from '../audio/pcm.js';
import type { PausableVoice } from '../engine/speech-engine.js';
import type { AnswerEnd, SpeechToSpeechSession } from '../providers/speech-to-speech.js';
import { AudioPacer, type AudioSink } from '../voice/audio-pacer.js';
import { findHeardText, type SpokenSegment } from '../voice/heard-text.js';

export interface RealtimeAnswerListener {
  onFirstAudio(): void;
  onComplete(segment: SpokenSegment): void;
}

/** An answer of a model that speaks itself. What arrives before its turn has begun is kept. */
export class RealtimeAnswer implements PausableVoice {
  private readonly pacer: AudioPacer;
  private readonly segment: SpokenSegment = { text: '', samples: 0, isComplete: false };
  private readonly early: Buffer[] = [];
  private onText: ((delta: string) => void) | undefined;
  private listener: RealtimeAnswerListener | undefined;
  private session: SpeechToSpeechSession | undefined;
  private isStopped = false;
  private settle: { resolve: () => void; reject: (error: Error) => void } | undefined;
  private readonly ended: Promise<void>;

  constructor(sink: AudioSink) {
    this.pacer = new AudioPacer(sink);
    this.ended = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
    this.ended.catch(() => undefined);
  }

  get firstAudioAt(): number | null {
    return this.pacer.firstAudioAt;
  }

  get isAudible(): boolean {
    return this.pacer.isAudible;
  }

  /** Whether the model was asked for it. */
  get isStarted(): boolean {
    return this.session !== undefined;
  }

  /** Whether more of it may arrive. */
  get isRunning(): boolean {
    return this.isStarted && !this.isStopped && !this.segment.isComplete;
  }

  start(session: SpeechToSpeechSession): void {
    this.session = session;
    session.startAnswer();
  }

  /** Sends the audio, from now on. */
  open(listener: RealtimeAnswerListener): void {
    this.listener = listener;
    for (const pcm of this.early.splice(0)) this.send(pcm);
  }

  /** Returns the whole text. The parts are passed on, also those that have arrived. Throws a `ModelFailure`. */
  async readText(onText: (delta: string) => void): Promise<string> {
    this.onText = onText;
    if (this.segment.text !== '') onText(this.segment.text);
    await this.ended;
    return this.segment.text;
  }

  addText(delta: string): void {
    if (this.isStopped || delta === '') return;
    this.segment.text += delta;
    this.onText?.(delta);
  }

  addAudio(pcm: Buffer): void {
    if (this.isStopped) return;
    this.segment.samples += pcm.length / BYTES_PER_SAMPLE;
    if (this.listener) this.send(pcm);
    else this.early.push(pcm);
  }

  end(end: AnswerEnd): void {
    this.segment.isComplete = true;
    if (end === 'completed') {
      this.listener?.onComplete(this.segment);
      this.settle?.resolve();
    } else this.fail(new ModelFailure(end === 'failed' ? 'server_error' : 'incomplete_answer'));
  }

  fail(error: Error): void {
    this.segment.isComplete = true;
    this.settle?.reject(error);
  }

  speak(): void {
    // The model speaks its text itself.
  }

  async finish(): Promise<void> {
    await this.ended.catch(() => undefined);
    await this.pacer.whenPlayed();
  }

  /** Stops the model, which forgets what was not played. */
  stop(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    const { samples, isComplete } = this.segment;
    const played = this.pacer.playedSamples();
    this.pacer.stop();
    if (!isComplete || played < samples) this.session?.stopAnswer(samplesToMs(played));
    this.settle?.reject(new ModelFailure('incomplete_answer'));
  }

  hold(): void {
    this.pacer.hold();
  }

  resume(): void {
    this.pacer.resume();
  }

  recordPlayback(milliseconds: number): void {
    this.pacer.recordPlayback(milliseconds);
  }

  heardText(): string {
    return findHeardText([this.segment], this.pacer.playedSamples());
  }

  private send(pcm: Buffer): void {
    const isFirst = this.firstAudioAt === null;
    this.pacer.append(pcm);
    if (isFirst) this.listener?.onFirstAudio();
  }
}
