import { Injectable } from '@nestjs/common';
import { HeardTurnsReader } from '@/modules/live/index.js';
import type { Actor } from '@/platform/access/index.js';

const MAX_CHARACTERS = 20_000;

/** Reads what learners said in live sessions. */
@Injectable()
export class TranscriptTexts {
  constructor(private readonly heardTurns: HeardTurnsReader) {}

  /** Returns the turns of the user as one text, at most 20,000 characters of it. */
  async read(actor: Actor, transcriptId: string): Promise<string> {
    const turns = await this.heardTurns.readUserTurns(actor, transcriptId);
    return turns.join('\n').slice(0, MAX_CHARACTERS).toWellFormed();
  }
}
