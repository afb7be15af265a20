import { toStorableText } from '@/modules/conversations/index.js';
import { MAX_ANSWER_CHARS } from '../models/answer-builder.js';

const SEPARATOR = '\n\n';
const HIGH_SURROGATE_AT_END = /[\ud800-\udbff]$/;

/** The thinking of an answer as its client sees it: well formed, and limited in length. */
export class ReasoningStream {
  private length = 0;
  private heldBack = '';
  private isNewAttempt = false;

  /** The thinking of the attempt before stays. */
  startAttempt(): void {
    this.heldBack = '';
    this.isNewAttempt = this.length > 0;
  }

  /** Returns what is sent now. The first half of a character waits for the second. */
  append(text: string): string {
    const joined = this.heldBack + text.slice(0, Math.max(0, MAX_ANSWER_CHARS - this.length));
    this.heldBack = HIGH_SURROGATE_AT_END.exec(joined)?.[0] ?? '';
    const whole = toStorableText(this.heldBack === '' ? joined : joined.slice(0, -1));
    if (whole === '') return '';
    const sent = this.isNewAttempt ? SEPARATOR + whole : whole;
    this.isNewAttempt = false;
    this.length += sent.length;
    return sent;
  }
}
