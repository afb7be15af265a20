/** What becomes of an answer while the user speaks. */
export type InterruptionDecision = 'hold' | 'resume' | 'interrupt';

/** Voice while an answer plays. */
export interface OverlappingVoice {
  /** Whether the client hears an answer. */
  isAnswerAudible: boolean;
  voicedMs: number;
  /** Silence since the last voice. */
  silentMs: number;
}

/** Shorter voice is a backchannel. */
export const BACKCHANNEL_MS = 500;
/** Longer voice is an interruption; what is between is judged by its transcript. */
const CERTAIN_MS = 900;
/** Silence after which short voice was a backchannel. */
const SETTLED_MS = 200;

/**
 * Judges voice while an answer plays. At first the answer is held, so that its audio stops at once. Short voice was a backchannel:
 * the answer goes on. Long voice is an interruption.
 */
export class InterruptionJudge {
  private state: 'none' | 'held' | 'resumed' = 'none';

  /** Whether an answer is held. */
  get isHolding(): boolean {
    return this.state === 'held';
  }

  /** Whether the present voice was taken for a backchannel. */
  get hasResumed(): boolean {
    return this.state === 'resumed';
  }

  /** To be called when voice begins. */
  begin(): void {
    if (this.state === 'resumed') this.state = 'none';
  }

  /** To be called while there is voice. Returns what changes. */
  judge({ isAnswerAudible, voicedMs, silentMs }: OverlappingVoice): InterruptionDecision | undefined {
    if (this.state === 'held') {
      if (voicedMs >= CERTAIN_MS) return this.finish('interrupt');
      return voicedMs < BACKCHANNEL_MS && silentMs >= SETTLED_MS ? this.resume() : undefined;
    }
    if (!isAnswerAudible) return undefined;
    if (this.state === 'resumed' && voicedMs < BACKCHANNEL_MS) return undefined;
    this.state = 'held';
    return 'hold';
  }

  /** To be called when the transcript of the voice, or its end, has decided. */
  resume(): 'resume' {
    this.state = 'resumed';
    return 'resume';
  }

  finish<Decision extends InterruptionDecision>(decision: Decision): Decision {
    this.state = 'none';
    return decision;
  }
}
