export interface SpeechRequest {
  text: string;
  /** Null: the voice of the configuration. */
  voice: string | null;
  signal: AbortSignal;
  /** Receives whole samples of PCM of the format in pcm.ts while they arrive. */
  onAudio: (pcm: Buffer) => void;
}

/** Turns text into speech. */
export abstract class TextToSpeech {
  abstract readonly isConfigured: boolean;
  /** Resolves after the last audio. Throws a `ModelFailure`, or the reason of the aborted signal. */
  abstract synthesize(request: SpeechRequest): Promise<void>;
}
