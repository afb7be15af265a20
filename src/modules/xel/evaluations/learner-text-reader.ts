import { Injectable } from '@nestjs/common';
import { AudioError, RecordingTranscriber } from '@/modules/live/index.js';
import type { Actor } from '@/platform/access/index.js';
import { invalidField } from '@/platform/errors/index.js';
import type { ReceivedFile } from '@/platform/uploads/index.js';
import type { XelEvaluationRequest } from './dto/evaluate.request.js';
import { type LearnerText, readLearnerText } from './learner-text.rules.js';
import { TranscriptTexts } from './transcript-texts.js';

/** Reads what a learner wrote or said: from the request, a live session or a recording. */
@Injectable()
export class LearnerTextReader {
  constructor(
    private readonly transcriptTexts: TranscriptTexts,
    private readonly transcriber: RecordingTranscriber,
  ) {}

  /** Throws 400 for fields that do not fit, and what the reading of a transcript and of a recording throws. */
  read(actor: Actor, request: XelEvaluationRequest, file: ReceivedFile | undefined): Promise<LearnerText> {
    return readLearnerText(request, {
      readTranscript: (id) => this.transcriptTexts.read(actor, id),
      transcribe: () => this.transcribe(actor.userId, file),
    });
  }

  /** Throws 400 naming `file` without a speech provider, and for a file that cannot be read or has no speech. */
  private async transcribe(
    userId: string,
    file: ReceivedFile | undefined,
  ): Promise<Pick<LearnerText, 'text' | 'words'>> {
    if (!file) throw invalidField('file', 'file', 'must be a file');
    if (!this.transcriber.isAvailable)
      throw invalidField('file', 'supported', 'must be absent: this server has no speech provider');
    try {
      const { text, words } = await this.transcriber.transcribe(userId, file, 'en');
      if (text === '') throw invalidField('file', 'speech', 'must have speech that can be understood');
      return { text, words };
    } catch (error) {
      if (error instanceof AudioError)
        throw invalidField('file', 'audio', `cannot be read: ${error.message}`);
      throw error;
    }
  }
}
