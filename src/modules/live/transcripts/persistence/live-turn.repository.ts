import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { MAX_TURNS } from '../live-transcript.rules.js';
import type { LiveTranscriptTurnRow } from './live-transcript.repository.js';

/**
 * Stores a turn at the end of the transcript of its session, or replaces the turn with its id. The first turn creates the
 * transcript. Embedded sessions, and organizations that keep no transcripts, have none.
 * `$1` id of a new transcript, `$2` session, `$3` turn, `$4` role, `$5` text, `$6` generated text, `$7` start, `$8` end, `$9` now.
 */
const APPEND = {
  name: 'live_transcripts.append',
  text: `WITH known AS (
      UPDATE live_transcript_turns u SET text = $5, generated_text = $6, started_at = $7, ended_at = $8
      FROM live_transcripts t WHERE t.session_id = $2 AND t.origin = 'server' AND u.transcript_id = t.id AND u.turn_id = $3
      RETURNING u.transcript_id
    ), t AS (
      INSERT INTO live_transcripts AS t (id, owner_id, organization_id, payer_id, session_id, origin, session_started_at,
        session_ended_at, turn_count, created_at)
      SELECT $1::uuid, s.owner_id, s.organization_id, s.payer_id, s.id, 'server', s.started_at, s.ended_at, 1, $9::timestamptz
      FROM live_sessions s LEFT JOIN organizations o ON o.id = s.payer_id
      WHERE s.id = $2 AND s.owner_id IS NOT NULL AND o.transcript_retention_days IS DISTINCT FROM 0
        AND NOT EXISTS (SELECT FROM known)
      ON CONFLICT (session_id, origin) DO UPDATE SET turn_count = t.turn_count + 1 WHERE t.turn_count < ${MAX_TURNS}
      RETURNING t.id, t.turn_count
    ), added AS (
      INSERT INTO live_transcript_turns (transcript_id, seq, turn_id, role, text, generated_text, started_at, ended_at)
      SELECT t.id, t.turn_count, $3::text, $4::text, $5::text, $6::text, $7::timestamptz, $8::timestamptz FROM t
      ON CONFLICT DO NOTHING RETURNING transcript_id
    ) SELECT transcript_id FROM known UNION ALL SELECT transcript_id FROM added`,
};

const CLOSE = {
  name: 'live_transcripts.close',
  text: `UPDATE live_transcripts t SET session_ended_at = s.ended_at FROM live_sessions s
         WHERE s.id = ANY($1::uuid[]) AND t.session_id = s.id AND t.origin = 'server'`,
};

const LIST_LATEST = {
  name: 'live_transcripts.list_latest',
  text: `SELECT u.role, u.text FROM live_transcript_turns u JOIN live_transcripts t ON t.id = u.transcript_id
         WHERE t.session_id = $1 AND t.origin = 'server' ORDER BY u.seq DESC LIMIT $2`,
};

export interface NewLiveTurn extends LiveTranscriptTurnRow {
  turn_id: string;
}

/** Stores what the server itself hears and says in sessions. */
@Injectable()
export class LiveTurnRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Returns the id of the transcript; undefined when none is kept, or it is full. */
  async append(
    transcriptId: string,
    sessionId: string,
    turn: NewLiveTurn,
    now: Date,
  ): Promise<string | undefined> {
    const { turn_id, role, text, generated_text, started_at, ended_at } = turn;
    const values = [transcriptId, sessionId, turn_id, role, text, generated_text, started_at, ended_at, now];
    return (await this.unitOfWork.query<{ transcript_id: string }>(APPEND, values))[0]?.transcript_id;
  }

  /** Returns the latest turns of a session, newest first. */
  listLatest(sessionId: string, limit: number): Promise<Pick<LiveTranscriptTurnRow, 'role' | 'text'>[]> {
    return this.unitOfWork.query(LIST_LATEST, [sessionId, limit]);
  }

  /** Dates the end of the sessions in their transcripts. */
  async close(sessionIds: readonly string[]): Promise<void> {
    await this.unitOfWork.query(CLOSE, [sessionIds]);
  }
}
