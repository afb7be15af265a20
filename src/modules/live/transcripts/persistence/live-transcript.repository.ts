import { Injectable } from '@nestjs/common';
import { forOwner, type Owner, ownerParameters, scopeToOwner } from '@/modules/organizations/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { PageWindow } from '@/platform/pagination/index.js';
import { defineKeyset, keysetQuery, mapConstraintErrors, UnitOfWork } from '@/platform/persistence/index.js';
import type { SavedTurn, TranscriptOrigin, TranscriptRole } from '../live-transcript.rules.js';

export interface LiveTranscriptRow {
  id: string;
  session_id: string | null;
  origin: TranscriptOrigin;
  session_started_at: Date;
  /** Null while the session is active. */
  session_ended_at: Date | null;
  turn_count: number;
  created_at: Date;
}

export interface LiveTranscriptTurnRow {
  turn_id: string | null;
  role: TranscriptRole;
  text: string;
  generated_text: string | null;
  started_at: Date;
  ended_at: Date | null;
}

export interface NewLiveTranscript extends Omit<LiveTranscriptRow, 'turn_count' | 'origin'> {
  payer_id: OrganizationId | null;
}

const COLUMNS = `t.id, t.session_id, t.origin, t.session_started_at, t.session_ended_at, t.turn_count, t.created_at`;

const LIST = scopeToOwner('live_transcripts.list', 't', (ownerCondition) => ownerCondition);

const listFor = (form: 'session' | 'key') =>
  defineKeyset(
    LIST[form].name,
    't.id < $4::uuid',
    (after) =>
      `SELECT ${COLUMNS} FROM live_transcripts t WHERE ${LIST[form].text} ${after} ORDER BY t.id DESC LIMIT $3`,
  );

const LISTS = { session: listFor('session'), key: listFor('key') };

const FIND = scopeToOwner(
  'live_transcripts.find',
  't',
  (ownerCondition) => `SELECT ${COLUMNS} FROM live_transcripts t WHERE t.id = $3 AND ${ownerCondition}`,
);

const FIND_OF_SESSION = scopeToOwner(
  'live_transcripts.find_of_session',
  't',
  (ownerCondition) => `SELECT ${COLUMNS} FROM live_transcripts t WHERE t.session_id = $3 AND ${ownerCondition}
    ORDER BY t.origin DESC LIMIT 1`,
);

const LIST_TURNS = {
  name: 'live_transcripts.list_turns',
  text: `SELECT turn_id, role, text, generated_text, started_at, ended_at FROM live_transcript_turns
         WHERE transcript_id = $1 ORDER BY seq`,
};

const DELETE = scopeToOwner(
  'live_transcripts.delete',
  't',
  (ownerCondition) => `DELETE FROM live_transcripts t WHERE t.id = $3 AND ${ownerCondition} RETURNING t.id`,
);

/** An organization that keeps no transcripts stores none. `$8` roles, `$9` texts, `$10` times of the turns. */
const SAVE = {
  name: 'live_transcripts.save',
  text: `WITH t AS (
      INSERT INTO live_transcripts AS t (id, owner_id, organization_id, payer_id, session_id, origin, session_started_at,
        session_ended_at, turn_count, created_at)
      SELECT $1::uuid, $2::uuid, $3::uuid, $4::uuid, $5::uuid, 'client', $6::timestamptz, $7::timestamptz,
        cardinality($8::text[]), $11::timestamptz
      WHERE NOT EXISTS (SELECT FROM organizations o WHERE o.id = $4 AND o.transcript_retention_days = 0)
      ON CONFLICT (session_id, origin) DO NOTHING RETURNING ${COLUMNS}
    ), turns AS (
      INSERT INTO live_transcript_turns (transcript_id, seq, role, text, started_at)
      SELECT t.id, turn.seq, turn.role, turn.text, turn.started_at
      FROM t, unnest($8::text[], $9::text[], $10::timestamptz[]) WITH ORDINALITY AS turn (role, text, started_at, seq)
    ) SELECT * FROM t`,
};

const CONSTRAINT_ERRORS = {
  live_transcripts_owner_id_fkey: platformErrors.token_invalid,
  live_transcripts_organization_id_fkey: platformErrors.token_invalid,
};

/** Stores transcripts that clients save, and reads all transcripts of an owner. */
@Injectable()
export class LiveTranscriptRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Returns transcripts, newest first. */
  list(owner: Owner, window: PageWindow<string>): Promise<LiveTranscriptRow[]> {
    const list = owner.organizationId === null ? LISTS.session : LISTS.key;
    return this.unitOfWork.query(...keysetQuery(list, ownerParameters(owner), window));
  }

  async find(owner: Owner, id: string): Promise<LiveTranscriptRow | undefined> {
    const values = [...ownerParameters(owner), id];
    return (await this.unitOfWork.query<LiveTranscriptRow>(forOwner(FIND, owner), values))[0];
  }

  /** Returns the transcript of a session, the one of the server if it kept one. */
  async findOfSession(owner: Owner, sessionId: string): Promise<LiveTranscriptRow | undefined> {
    const values = [...ownerParameters(owner), sessionId];
    return (await this.unitOfWork.query<LiveTranscriptRow>(forOwner(FIND_OF_SESSION, owner), values))[0];
  }

  listTurns(transcriptId: string): Promise<LiveTranscriptTurnRow[]> {
    return this.unitOfWork.query(LIST_TURNS, [transcriptId]);
  }

  async delete(owner: Owner, id: string): Promise<boolean> {
    const values = [...ownerParameters(owner), id];
    return (await this.unitOfWork.query(forOwner(DELETE, owner), values)).length > 0;
  }

  /**
   * Stores a transcript of a client. Returns undefined when the session has one from a client, and when the organization that
   * pays keeps no transcripts.
   */
  save(
    owner: Owner,
    transcript: NewLiveTranscript,
    turns: readonly SavedTurn[],
  ): Promise<LiveTranscriptRow | undefined> {
    const { id, payer_id, session_id, session_started_at, session_ended_at, created_at } = transcript;
    const session = [payer_id, session_id, session_started_at, session_ended_at];
    const columns = [turns.map(({ role }) => role), turns.map(({ text }) => text)];
    const times = turns.map(({ timestamp }) => timestamp);
    const values = [id, owner.userId, owner.organizationId, ...session, ...columns, times, created_at];
    const save = async (): Promise<LiveTranscriptRow | undefined> =>
      (await this.unitOfWork.query<LiveTranscriptRow>(SAVE, values))[0];
    return mapConstraintErrors(CONSTRAINT_ERRORS, () => this.unitOfWork.runStatement(save));
  }
}
