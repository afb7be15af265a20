import { Injectable } from '@nestjs/common';
import { StatementBatcher } from '@/platform/concurrency/index.js';
import type { PageWindow } from '@/platform/pagination/index.js';
import { defineKeyset, keysetQuery, RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { type UsedSecondFactor, Session } from './session.entity.js';

const FIND_ACTIVE = {
  name: 'sessions.live',
  text: `SELECT s.* FROM sessions s JOIN users u ON u.id = s.user_id AND u.is_active
         WHERE s.id = $1 AND s.ended_at IS NULL AND s.expires_at > $2`,
};

const ROTATE = {
  name: 'sessions.rotate',
  text: `UPDATE sessions
         SET refresh_counter = refresh_counter + 1, refresh_rotated_at = $3, active_at = $3, last_seen_at = $3
         WHERE id = $1 AND refresh_counter = $2 AND ended_at IS NULL AND expires_at > $3 AND active_at > $4
         RETURNING refresh_counter`,
};

/**
 * Like `ROTATE`, of many sessions. Rows that are locked are not waited for: they are left to `ROTATE`. The same token twice
 * rotates once, and `position` tells for which item.
 */
const ROTATE_UNLOCKED = {
  name: 'sessions.rotate_unlocked',
  text: `WITH unlocked AS (
           SELECT s.id FROM sessions s WHERE s.id = ANY($1::uuid[]) FOR NO KEY UPDATE SKIP LOCKED
         )
         UPDATE sessions s
         SET refresh_counter = s.refresh_counter + 1, refresh_rotated_at = t.now, active_at = t.now, last_seen_at = t.now
         FROM unlocked JOIN unnest($1::uuid[], $2::int[], $3::timestamptz[], $4::timestamptz[])
              WITH ORDINALITY AS t (id, counter, now, idle_since, position) USING (id)
         WHERE s.id = unlocked.id AND s.refresh_counter = t.counter AND s.ended_at IS NULL AND s.expires_at > t.now
           AND s.active_at > t.idle_since
         RETURNING t.position::int`,
};

/** Renewal by access token. It counts as activity only without a refresh token; with one, it is limited in time. */
const RENEW = {
  name: 'sessions.renew',
  text: `UPDATE sessions
         SET active_at = CASE WHEN refresh_counter IS NULL THEN $2 ELSE active_at END, last_seen_at = $2
         WHERE id = $1 AND ended_at IS NULL AND expires_at > $2 AND active_at > $3
           AND (refresh_counter IS NULL OR GREATEST(refresh_rotated_at, created_at, password_at, second_factor_at) > $4)
         RETURNING id`,
};

const STEP_UP = {
  name: 'sessions.step_up',
  text: `UPDATE sessions SET second_factor_at = $2, second_factor_method = $3
         WHERE id = $1 AND ended_at IS NULL AND expires_at > $2 RETURNING id`,
};

const END = {
  name: 'sessions.end',
  text: `UPDATE sessions SET ended_at = $2, end_reason = $3 WHERE id = $1 AND ended_at IS NULL RETURNING id`,
};

const END_OWN = {
  name: 'sessions.end_own',
  text: `UPDATE sessions SET ended_at = $3, end_reason = $4
         WHERE id = $2 AND user_id = $1 AND ended_at IS NULL AND expires_at > $3 RETURNING id`,
};

const END_ALL = {
  name: 'sessions.end_all',
  text: `UPDATE sessions SET ended_at = $2, end_reason = $3
         WHERE user_id = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $4::uuid RETURNING id`,
};

/** Serializes with logins: waits for a concurrent one, and makes a later one see the change. */
const LOCK_USER = {
  name: 'sessions.hold_owner',
  text: 'SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE',
};

const LIST = defineKeyset(
  'sessions.list',
  'id < $5::uuid',
  (after) => `SELECT * FROM sessions
              WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $2 AND active_at > $3 ${after}
              ORDER BY id DESC LIMIT $4`,
);

const UPDATE_LAST_SEEN = {
  name: 'sessions.touch',
  text: `UPDATE sessions s SET last_seen_at = t.at
         FROM unnest($1::uuid[], $2::timestamptz[]) AS t (id, at) WHERE s.id = t.id AND s.last_seen_at < t.at`,
};

/** One use of a refresh token: number `counter` of the session. */
interface Rotation {
  id: string;
  counter: number;
  now: Date;
  idleSince: Date;
}

@Injectable()
export class SessionRepository extends RepositoryBase<Session> {
  private readonly rotationBatcher = new StatementBatcher<Rotation, boolean>((rotations) =>
    this.rotateUnlocked(rotations),
  );

  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, Session);
  }

  async insert(session: Session): Promise<void> {
    await this.rows.insert(session);
  }

  async findActive(id: string, now: Date): Promise<Session | null> {
    return (await this.one<Session>(FIND_ACTIVE, [id, now])) ?? null;
  }

  /** Replaces refresh token `counter` by the next one; returns false if it was not the current one. */
  async rotateRefreshToken(id: string, counter: number, now: Date, idleSince: Date): Promise<boolean> {
    const isRotated =
      !this.unitOfWork.inTransaction && (await this.rotationBatcher.add({ id, counter, now, idleSince }));
    return isRotated || this.affectedOneRow(ROTATE, [id, counter, now, idleSince]);
  }

  renewByBearer(id: string, now: Date, idleSince: Date, credentialsSince: Date): Promise<boolean> {
    return this.affectedOneRow(RENEW, [id, now, idleSince, credentialsSince]);
  }

  recordStepUp(id: string, now: Date, method: UsedSecondFactor): Promise<boolean> {
    return this.affectedOneRow(STEP_UP, [id, now, method]);
  }

  end(id: string, now: Date, reason: string): Promise<boolean> {
    return this.affectedOneRow(END, [id, now, reason]);
  }

  endOwn(userId: string, id: string, now: Date, reason: string): Promise<boolean> {
    return this.affectedOneRow(END_OWN, [userId, id, now, reason]);
  }

  /** Ends all sessions of a user except `keptSessionId`. */
  async endAll(userId: string, now: Date, reason: string, keptSessionId: string | null): Promise<void> {
    await this.query(LOCK_USER, [userId]);
    await this.query(END_ALL, [userId, now, reason, keptSessionId]);
  }

  list(userId: string, at: { now: Date; idleSince: Date }, window: PageWindow<string>): Promise<Session[]> {
    return this.query<Session>(...keysetQuery(LIST, [userId, at.now, at.idleSince], window));
  }

  /** Writes the last-seen times of many sessions in one statement. */
  async updateLastSeen(seen: ReadonlyMap<string, Date>): Promise<void> {
    await this.query(UPDATE_LAST_SEEN, [[...seen.keys()], [...seen.values()]]);
  }

  findAllByUser(userId: string): Promise<Session[]> {
    return this.rows.find({ where: { user_id: userId }, order: { id: 'ASC' } });
  }

  /** Returns for each rotation whether it was made; false also for a session that another transaction has locked. */
  private async rotateUnlocked(rotations: Rotation[]): Promise<boolean[]> {
    const column = <Key extends keyof Rotation>(key: Key): Rotation[Key][] =>
      rotations.map((one) => one[key]);
    const values = [column('id'), column('counter'), column('now'), column('idleSince')];
    const rows = await this.query<{ position: number }>(ROTATE_UNLOCKED, values);
    const rotated = new Set(rows.map(({ position }) => position));
    return rotations.map((_, index) => rotated.has(index + 1));
  }
}
