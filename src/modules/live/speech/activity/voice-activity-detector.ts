/** A change between voice and silence. Positions count samples from the beginning of the stream. */
export type VoiceEvent =
  | { type: 'voice_started'; startSample: number }
  /** `endSample`: the end of the last voice, before the silence by which it was recognized. */
  | { type: 'voice_ended'; startSample: number; endSample: number; voicedSamples: number };

/** Finds voice in a stream of PCM. It has no clock: time is the number of samples. */
export abstract class VoiceActivityDetector {
  /** Whether the stream is in voice now. */
  abstract readonly isVoice: boolean;
  /** Samples with voice since the last `voice_started`. */
  abstract readonly voicedSamples: number;
  /** Samples of silence since the last voice; 0 outside of voice. */
  abstract readonly silentSamples: number;
  /** Returns the changes in the next samples. */
  abstract append(pcm: Buffer): VoiceEvent[];
}
