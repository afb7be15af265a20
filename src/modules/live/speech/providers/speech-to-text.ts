export interface Transcription {
  /** Trimmed; empty when nothing was understood. */
  text: string;
  /** In the order of the text; null when they were not asked for, or when the provider has none. */
  words: SpokenWord[] | null;
}

/** A spoken word with its time from the start of the audio, in seconds. */
export interface SpokenWord {
  word: string;
  start: number;
  end: number;
}

export interface TranscriptionRequest {
  /** One whole utterance: PCM of the format in pcm.ts. */
  pcm: Buffer;
  /** A language tag; null when it is not known. */
  language: string | null;
  signal: AbortSignal;
  /** Receives the text so far, where the provider sends it before the end. */
  onPartial?: (text: string) => void;
  /** Asks for the times of the words, of a recording that a user does not wait for: the answer may take a minute. */
  wantsWords?: boolean;
}

/** Turns utterances into text. */
export abstract class SpeechToText {
  abstract readonly isConfigured: boolean;
  /** Throws a `ModelFailure`, or the reason of the aborted signal. */
  abstract transcribe(request: TranscriptionRequest): Promise<Transcription>;
}
