/** What was said before, for a new connection. */
export interface EarlierTurn {
  role: 'user' | 'ai';
  text: string;
}

/** How an answer ended. */
export type AnswerEnd = 'completed' | 'cancelled' | 'failed';

/** Receives what a speech-to-speech model says and understands. */
export interface SpeechToSpeechListener {
  /** What the user said in the last committed audio, or what is understood of it so far. */
  onUserText(text: string, isFinal: boolean): void;
  /** The provider could not tell what the user said. */
  onUserTextFailure(): void;
  onAnswerText(delta: string): void;
  /** Whole samples of PCM of the format in pcm.ts. */
  onAnswerAudio(pcm: Buffer): void;
  onAnswerEnd(end: AnswerEnd): void;
  /** The connection has ended; nothing follows. */
  onClose(error: Error): void;
}

export interface SpeechToSpeechOptions {
  instructions: string;
  /** Null: the voice of the configuration. */
  voice: string | null;
  language: string | null;
  /** Oldest first. */
  history: readonly EarlierTurn[];
  listener: SpeechToSpeechListener;
  signal: AbortSignal;
}

/** One connection to a model that listens and speaks. */
export interface SpeechToSpeechSession {
  /** Adds an utterance of the user. Its text follows in `onUserText`. */
  addSpeech(pcm: Buffer): void;
  /** Adds what the user wrote. */
  addText(text: string): void;
  /** Removes the last utterance: it was a backchannel. */
  removeLastSpeech(): void;
  /** Begins an answer. One answer runs at a time. */
  startAnswer(): void;
  /** Stops the answer. The model keeps only what was played of it. */
  stopAnswer(playedMs: number): void;
  close(): void;
}

/** A model that understands speech and answers with speech. */
export abstract class SpeechToSpeech {
  abstract readonly isConfigured: boolean;
  /** Seconds after which a connection should be replaced. */
  abstract readonly connectionSeconds: number;
  /** Resolves when the provider is ready. Throws a `ModelFailure`, or the reason of the aborted signal. */
  abstract connect(options: SpeechToSpeechOptions): Promise<SpeechToSpeechSession>;
}
