import { Injectable } from '@nestjs/common';
import { ModelFailure, toProviderError, failureMessage } from '@/modules/ai/index.js';
import { FairQueue } from '@/platform/concurrency/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { ReceivedFile } from '@/platform/uploads/index.js';
import { SpeechToText, type Transcription } from '../providers/speech-to-text.js';
import { decodeRecording } from './recording-decoder.js';

/** The name of the speech provider in errors. */
const PROVIDER = 'speech';
/** Bounds the decoded audio in memory. */
const SHARES = {
  name: 'recordings',
  concurrency: 4,
  concurrencyPerCaller: 2,
  maxWaiting: 64,
  maxWaitingPerCaller: 8,
  retryAfter: 10,
};
const MAX_TRANSCRIBING_MS = 90_000;

/** Turns recordings of users into text, for other modules. The audio is not stored. */
@Injectable()
export class RecordingTranscriber {
  private readonly queue = new FairQueue(SHARES);

  constructor(
    private readonly speechToText: SpeechToText,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** False without a speech provider that listens. */
  get isAvailable(): boolean {
    return this.speechToText.isConfigured;
  }

  /**
   * Returns what was said, with the times of the words if the provider has them. Throws an {@link AudioError} for a file that cannot
   * be read, and `provider_failed`, `provider_timeout` or `ai_unavailable` when the provider fails.
   */
  transcribe(userId: string, file: ReceivedFile, language: string): Promise<Transcription> {
    this.unitOfWork.assertNoTransaction();
    return this.queue.run(userId, async () => {
      const pcm = await decodeRecording(file);
      const signal = AbortSignal.timeout(MAX_TRANSCRIBING_MS);
      try {
        return await this.speechToText.transcribe({ pcm, language, signal, wantsWords: true });
      } catch (error) {
        throw toSpeechError(error, signal);
      }
    });
  }
}

/** Returns the error of a request that a speech provider has failed. */
export function toSpeechError(error: unknown, signal: AbortSignal): unknown {
  const failure = signal.aborted ? new ModelFailure('no_answer_in_time') : error;
  if (!(failure instanceof ModelFailure)) return error;
  return toProviderError(failure, { provider: PROVIDER, reason: failureMessage(failure) });
}
