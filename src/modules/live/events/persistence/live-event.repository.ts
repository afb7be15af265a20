import { Injectable } from '@nestjs/common';
import { SecretBox } from '@/platform/crypto/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { FrameBatch } from '../event-log.js';

export type EventBatch = FrameBatch & { sessionId: string };

export type StoredFrames = [seq: number, frame: string][];

interface EventRow {
  first_seq: number;
  last_seq: number;
  frames: Buffer;
}

const APPEND = {
  name: 'live_events.append',
  text: `INSERT INTO live_events (session_id, first_seq, last_seq, stored_at, frames)
         SELECT i.id, i.first, i.last, now(), substring($6::bytea FROM i.at FOR i.size)
         FROM unnest($1::uuid[], $2::int[], $3::int[], $4::int[], $5::int[]) AS i (id, first, last, at, size)
         WHERE EXISTS (SELECT FROM live_sessions s WHERE s.id = i.id)
         ON CONFLICT (session_id, first_seq) DO UPDATE SET last_seq = excluded.last_seq, frames = excluded.frames`,
};

const LAST_SEQ = {
  name: 'live_events.last_seq',
  text: 'SELECT max(last_seq) AS last_seq FROM live_events WHERE session_id = $1',
};

/** Numbers that a reservation leaves out: more than a process can give to events between two writes. */
const SKIPPED_NUMBERS = 100_000;

/**
 * Stores a batch without events whose number no process has used. The lock lets only the last attachment of the session reserve,
 * so each reservation sees the one before it. The gap before the number tells readers that events can be missing.
 */
const RESERVE = {
  name: 'live_events.reserve',
  text: `WITH s AS MATERIALIZED (SELECT id FROM live_sessions WHERE id = $1 AND attachment = $2 FOR NO KEY UPDATE)
         INSERT INTO live_events (session_id, first_seq, last_seq, stored_at, frames)
         SELECT s.id, l.seq, l.seq, now(), $3 FROM s, (
           SELECT COALESCE(max(last_seq), 0) + ${SKIPPED_NUMBERS} AS seq FROM live_events WHERE session_id = $1
         ) l RETURNING last_seq`,
};

const READ = {
  name: 'live_events.read',
  text: `SELECT first_seq, last_seq, frames FROM live_events WHERE session_id = $1 AND last_seq > $2
           AND stored_at > now() - make_interval(secs => $3) ORDER BY first_seq`,
};

/** The last batch of a session stays, because it has the number that the next event follows. */
const DELETE_OLD = {
  name: 'live_events.delete_old',
  text: `DELETE FROM live_events e WHERE e.session_id = ANY($1::uuid[]) AND e.stored_at < now() - make_interval(secs => $2)
           AND e.last_seq < (SELECT max(l.last_seq) FROM live_events l WHERE l.session_id = e.session_id)`,
};

const PURPOSE = 'live-events';

/** Stores the latest events of sessions, encrypted. */
@Injectable()
export class LiveEventRepository {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly secretBox: SecretBox,
  ) {}

  /**
   * Reserves the numbers after the returned one for an attachment whose process does not know the last number that the process
   * before it has used. Returns null when a newer attachment has the session.
   */
  async reserve(sessionId: string, attachment: number): Promise<number | null> {
    const frames = this.secretBox.seal(PURPOSE, '[]', sessionId);
    const [row] = await this.unitOfWork.query<{ last_seq: number }>(RESERVE, [sessionId, attachment, frames]);
    return row?.last_seq ?? null;
  }

  /** Stores one batch for each of several sessions. Batches of sessions that do not exist any more are dropped. */
  async append(batches: readonly EventBatch[]): Promise<void> {
    const sealed = batches.map(({ sessionId, frames }) =>
      this.secretBox.seal(PURPOSE, JSON.stringify(frames.map(({ seq, frame }) => [seq, frame])), sessionId),
    );
    let offset = 1;
    const offsets = sealed.map(({ length }) => (offset += length) - length);
    await this.unitOfWork.query(APPEND, [
      batches.map(({ sessionId }) => sessionId),
      batches.map(({ first }) => first),
      batches.map(({ last }) => last),
      offsets,
      sealed.map(({ length }) => length),
      Buffer.concat(sealed),
    ]);
  }

  /** Returns the number of the last stored event; 0 without one. */
  async findLastSeq(sessionId: string): Promise<number> {
    const [row] = await this.unitOfWork.query<{ last_seq: number | null }>(LAST_SEQ, [sessionId]);
    return row?.last_seq ?? 0;
  }

  /** Returns the events after `seq` that were stored in the last seconds; null when some of them are missing. */
  async readAfter(sessionId: string, seq: number, seconds: number): Promise<StoredFrames | null> {
    const values = [sessionId, seq, seconds];
    const rows = await this.unitOfWork.query<EventRow>(READ, values);
    const isMissing = ({ first_seq }: EventRow, index: number): boolean =>
      first_seq > (rows[index - 1]?.last_seq ?? seq) + 1;
    if (rows.some(isMissing)) return null;
    return rows.flatMap(({ frames }) => this.open(sessionId, frames)).filter(([number]) => number > seq);
  }

  private open(sessionId: string, frames: Buffer): StoredFrames {
    return JSON.parse(this.secretBox.open(PURPOSE, frames, sessionId)) as StoredFrames;
  }

  async deleteOld(sessionIds: readonly string[], seconds: number): Promise<void> {
    await this.unitOfWork.query(DELETE_OLD, [sessionIds, seconds]);
  }
}
