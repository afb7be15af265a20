import { Injectable } from '@nestjs/common';
import { HiddenRowExplainer, toOwner } from '@/modules/organizations/index.js';
import { type Actor, requireScope } from '@/platform/access/index.js';
import { liveErrors } from '../live.errors.js';
import { LiveTranscriptRepository } from './persistence/live-transcript.repository.js';

/** Reads what a user said in a live session, for other modules. */
@Injectable()
export class HeardTurnsReader {
  constructor(
    private readonly transcripts: LiveTranscriptRepository,
    private readonly hiddenRowExplainer: HiddenRowExplainer,
  ) {}

  /**
   * Returns the turns of the user in a transcript that the server kept, in order. Throws `live_transcript_not_found`,
   * `live_transcript_not_kept_by_server` for one that a client saved, and `insufficient_api_key_scope` without `live:read`.
   */
  async readUserTurns(actor: Actor, id: string): Promise<string[]> {
    requireScope(actor, 'live:read');
    const owner = toOwner(actor);
    const row = await this.transcripts.find(owner, id);
    if (!row) {
      const { live_transcript_not_found: notFound } = liveErrors;
      throw await this.hiddenRowExplainer.explainMissingRow('live_transcripts', id, owner, notFound);
    }
    if (row.origin !== 'server') throw liveErrors.live_transcript_not_kept_by_server();
    const turns = await this.transcripts.listTurns(id);
    return turns.filter(({ role }) => role === 'user').map(({ text }) => text);
  }
}
