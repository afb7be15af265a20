import type { AnswerFlow, GroundingSource } from '@/modules/ai/index.js';
import type { LiveChannelSession } from '../channel/live-channel.js';
import type { LiveRole } from '../channel/live-events.js';

/** What one side has said. Of an interrupted answer only what was heard. */
export interface SpokenText {
  role: LiveRole;
  text: string;
}

/** A question to the model within a session. */
export interface TurnRequest {
  session: LiveChannelSession;
  /** Earlier turns, oldest first. */
  history: readonly SpokenText[];
  /** What the user has said or written. */
  text: string;
  /** Aborts the request to the provider. */
  signal: AbortSignal;
  /** Receives the next part of the answer, which is not empty. */
  onText: (delta: string) => void;
  /** Receives the passages that the next text is the first to cite. */
  onSources?: (sources: GroundingSource[]) => void;
  /** Pauses the answer while it arrives. */
  flow?: AnswerFlow;
}

export interface TurnAnswer {
  text: string;
  provider: string;
  model: string;
}

/** Something that the user has said: a text, or speech with its time. */
export interface Utterance {
  text: string;
  startedAt: Date;
  endedAt: Date;
  /** The id that partial transcripts of the utterance have. Absent: a new one. */
  turnId?: string;
  /** Milliseconds from the end of the speech to its text. */
  speechToTextMs?: number;
}

/** Speaks one answer while it arrives. All methods but `finish` return at once. */
export interface AnswerVoice {
  speak(delta: string): void;
  /** The text is complete. Resolves when all audio was sent and, as far as the server knows, played. */
  finish(): Promise<void>;
  /** Stops the audio at once. */
  stop(): void;
  /** Returns the part of the text that the client has played. */
  heardText(): string;
  /** When the first audio was sent, as `performance.now()`; null before. */
  readonly firstAudioAt: number | null;
}

/** The turns of one socket. One answer runs at a time. */
export interface LiveConversation {
  /** Interrupts a running answer, stores the utterance, and starts the answer to it. */
  answer(utterance: Utterance): void;
  /** Stops a running answer. What was heard of it is stored. */
  interrupt(): void;
  /** Pauses a running answer, whose text goes no further until `resume`: the user may be interrupting it. */
  hold(): void;
  resume(): void;
  /** The id of the answer that runs; null without one. */
  readonly runningTurnId: string | null;
  /** What was said before, oldest first. */
  readonly history: readonly SpokenText[];
}
