import { AnswerFlow } from '@/modules/ai/index.js';
import type { AnswerVoice } from './live-turn.js';

/** What is known of an answer while it runs. */
export class RunningAnswer {
  readonly turnId: string;
  readonly startedAt: Date;
  readonly abort = new AbortController();
  voice: AnswerVoice | null = null;
  /** Pauses the model. */
  readonly flow = new AnswerFlow();
  private heldText = '';
  private release: (() => void) | undefined;
  private released: Promise<void> = Promise.resolve();
  private text = '';
  private readonly begunAt = performance.now();
  private firstTextAt: number | null = null;
  private lastTextAt: number | null = null;

  constructor({ turnId, startedAt }: { turnId: string; startedAt: Date }) {
    this.turnId = turnId;
    this.startedAt = startedAt;
  }

  hold(): void {
    if (this.flow.isPaused) return;
    this.flow.pause();
    this.released = new Promise((resolve) => (this.release = resolve));
  }

  /** Returns the text that has arrived while the answer was held. */
  resume(): string {
    this.flow.resume();
    this.release?.();
    const text = this.heldText;
    this.heldText = '';
    return text;
  }

  /** Keeps a text that arrives while the answer is held. Returns false for an answer that is not held. */
  keepIfHeld(delta: string): boolean {
    if (this.flow.isPaused) this.heldText += delta;
    return this.flow.isPaused;
  }

  /** Resolves when the answer is not held. */
  async whenResumed(): Promise<void> {
    while (this.flow.isPaused) await this.released;
  }

  append(delta: string): void {
    this.lastTextAt = performance.now();
    this.firstTextAt ??= this.lastTextAt;
    this.text += delta;
  }

  get generatedText(): string {
    return this.text;
  }

  /** Without a voice, what was sent counts as heard. */
  get heardText(): string {
    return this.voice ? this.voice.heardText() : this.text;
  }

  /** Milliseconds from the beginning to the first and last text, and the first audio. */
  get delays(): Record<'first_text' | 'last_text' | 'first_audio', number | null> {
    const since = (at: number | null | undefined): number | null =>
      at == null ? null : Math.max(0, Math.round(at - this.begunAt));
    return {
      first_text: since(this.firstTextAt),
      last_text: since(this.lastTextAt),
      first_audio: since(this.voice?.firstAudioAt),
    };
  }
}
