import { Injectable } from '@nestjs/common';
import { HiddenRowExplainer, toOwner } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/index.js';
import { requestContext } from '@/platform/context/index.js';
import type { AppError } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import { type PageQuery, toPage, windowById } from '@/platform/pagination/index.js';
import { liveErrors } from '../live.errors.js';
import { LiveSessionFinder } from '../sessions/index.js';
import type { SaveLiveTranscriptsRequest } from './dto/live-transcript.requests.js';
import { LiveTranscriptDetailResponse, LiveTranscriptResponse } from './dto/live-transcript.responses.js';
import { assertInOrderOfTime, assertTranscriptSize } from './live-transcript.rules.js';
import { LiveTranscriptRepository } from './persistence/live-transcript.repository.js';

/** Lists, reads, saves and deletes the transcripts of a user or an API key. */
@Injectable()
export class LiveTranscriptsService {
  constructor(
    private readonly transcripts: LiveTranscriptRepository,
    private readonly sessions: LiveSessionFinder,
    private readonly hiddenRowExplainer: HiddenRowExplainer,
    private readonly clock: Clock,
  ) {}

  async list(actor: Actor, query: PageQuery): Promise<LiveTranscriptResponse[]> {
    const window = windowById(query);
    const rows = await this.transcripts.list(toOwner(actor), window);
    return toPage(window, rows, ({ id }) => id).map((row) => LiveTranscriptResponse.from(row));
  }

  /** Throws `live_transcript_not_found`. */
  async read(actor: Actor, id: string): Promise<LiveTranscriptDetailResponse> {
    const row = await this.transcripts.find(toOwner(actor), id);
    if (!row) throw await this.notFoundError(actor, id);
    return LiveTranscriptDetailResponse.withTurns(row, await this.transcripts.listTurns(id));
  }

  /**
   * Stores a transcript, or returns the one that the session has already, with the status 200. Throws `live_session_not_found`,
   * `live_transcripts_not_kept` and `body_too_large`.
   */
  async save(actor: Actor, request: SaveLiveTranscriptsRequest): Promise<LiveTranscriptResponse> {
    const { session_started_at, session_ended_at, transcripts: turns, session_id } = request;
    assertTranscriptSize(turns);
    assertInOrderOfTime(session_started_at, session_ended_at, turns);
    const owner = toOwner(actor);
    const session = session_id ? await this.sessions.find(actor, session_id) : null;
    const kept = session && (await this.transcripts.findOfSession(owner, session.id));
    if (kept) return this.replay(LiveTranscriptResponse.from(kept));
    const transcript = {
      id: newId(),
      payer_id: session ? session.payer_id : owner.organizationId,
      session_id: session && session.id,
      session_started_at,
      session_ended_at,
      created_at: this.clock.now(),
    };
    const saved = await this.transcripts.save(owner, transcript, turns);
    if (saved) return LiveTranscriptResponse.from(saved);
    const existing = session && (await this.transcripts.findOfSession(owner, session.id));
    if (!existing) throw liveErrors.live_transcripts_not_kept();
    return this.replay(LiveTranscriptResponse.from(existing));
  }

  /** Throws `live_transcript_not_found`. */
  async delete(actor: Actor, id: string): Promise<void> {
    if (!(await this.transcripts.delete(toOwner(actor), id))) throw await this.notFoundError(actor, id);
  }

  private replay(response: LiveTranscriptResponse): LiveTranscriptResponse {
    requestContext.setSuccessStatus(200);
    requestContext.setHeader('Idempotent-Replayed', 'true');
    return response;
  }

  private notFoundError(actor: Actor, id: string): Promise<AppError> {
    const { live_transcript_not_found: notFound } = liveErrors;
    return this.hiddenRowExplainer.explainMissingRow('live_transcripts', id, toOwner(actor), notFound);
  }
}
