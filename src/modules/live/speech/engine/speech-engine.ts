import type { AnswerVoice, TurnAnswer, TurnRequest } from '@/modules/live/turns/live-turn.js';
import type { RecordedUtterance } from '../activity/utterance-recorder.js';

/** The voice of an answer that can pause, and knows what was played. */
export interface PausableVoice extends AnswerVoice {
  /** Whether the client hears the answer now. */
  readonly isAudible: boolean;
  /** Pauses the audio. What was sent is played no further: the client is told to pause as well. */
  hold(): void;
  resume(): void;
  recordPlayback(milliseconds: number): void;
}

export interface UnderstandingRequest {
  utterance: RecordedUtterance;
  /** An answer was playing, so it is not certain that the utterance is answered. */
  isOverlapping: boolean;
  onPartial: (text: string) => void;
}

/** Understands and speaks in one session. */
export interface SpeechEngine {
  /**
   * Returns the text of an utterance, which is empty when nothing was understood. Throws a `ModelFailure`, or the reason of the
   * aborted session.
   */
  understand(request: UnderstandingRequest): Promise<string>;
  /** The utterance that was understood last is not answered. */
  discardUtterance(): void;
  openVoice(turnId: string): PausableVoice;
  /** Answers with the model that also speaks; absent when a language model answers. */
  runTurn?(request: TurnRequest): Promise<TurnAnswer>;
  /** Called often, while nothing is said. */
  maintain?(): void;
  close(): void;
}
