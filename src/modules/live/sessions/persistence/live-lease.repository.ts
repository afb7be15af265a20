import { Injectable } from '@nestjs/common';
import {
  livePlanLimitSql,
  millisecondsSql,
  monthEndSql,
  monthSql,
} from '@/modules/live/quota/persistence/live-plan-sql.js';
import { forOwner, type Owner, ownerParameters, scopeToOwner } from '@/modules/organizations/index.js';
import { StatementBatcher } from '@/platform/concurrency/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { type LiveEndReason, LEASE_SECONDS } from '../live-session.rules.js';
import { type EndedLiveSession, type ExtendedLiveSession, SESSION_COLUMNS } from './live-session.row.js';

const MILLISECOND = "interval '1 millisecond'";
const LEASE = `interval '${LEASE_SECONDS} s'`;
/** The quota has shortened the lease of a session `s`, which is not silent at `$2`. */
const IS_AT_QUOTA = `s.quota_reached AND s.last_seen_at >= $2::timestamptz - ${LEASE}`;

interface ExtendedSessions {
  /** Where the sessions `s` come from, with what is joined to them. */
  from: string;
  condition: string;
  now: string;
  limits: string;
  /** More columns of `s`, each followed by a comma. */
  columns?: string;
  /** Leaves out sessions that another statement changes at this moment. */
  skipsLocked?: boolean;
}

/**
 * Takes the time from the end of the lease until LEASE_SECONDS after now from the pot of the month in which the lease ends, or
 * what is left in the pot, and extends the lease by it. The lease never crosses the end of a month; a second statement takes the
 * rest from the pot of the next month. The session is locked first, so of parallel statements each sees the lease that the one
 * before has left, and no time is taken twice. What is selected from the tables `s` and `extended` follows.
 */
const extendSql = ({ from, condition, now, limits, columns = '', skipsLocked }: ExtendedSessions): string => `
  WITH s AS MATERIALIZED (
    SELECT ${columns} s.id, COALESCE(s.owner_id, s.organization_id) AS subject_id,
      ${monthSql('s.lease_until')} AS month,
      GREATEST(0, ${millisecondsSql(
        's.lease_until',
        `LEAST(${now}::timestamptz + ${LEASE}, ${monthEndSql('s.lease_until')})`,
      )}) AS wanted_ms,
      ${livePlanLimitSql('s.payer_id', limits)} AS limit_ms
    FROM ${from}
    WHERE ${condition} AND s.ended_at IS NULL AND s.lease_until >= ${now}
    ORDER BY s.id FOR NO KEY UPDATE OF s ${skipsLocked ? 'SKIP LOCKED' : ''}
  ), pot AS (
    UPDATE live_pots p SET
      used_ms = p.used_ms + GREATEST(0, LEAST(s.wanted_ms, s.limit_ms - p.used_ms)),
      granted_ms = GREATEST(0, LEAST(s.wanted_ms, s.limit_ms - p.used_ms))
    FROM s WHERE p.subject_id = s.subject_id AND p.month = s.month
    RETURNING s.id, s.wanted_ms, s.limit_ms, p.used_ms, p.granted_ms
  ), extended AS (
    UPDATE live_sessions t SET
      lease_until = t.lease_until + pot.granted_ms * ${MILLISECOND},
      last_seen_at = GREATEST(t.last_seen_at, ${now}::timestamptz),
      quota_reached = pot.granted_ms < pot.wanted_ms
    FROM pot WHERE t.id = pot.id
    RETURNING ${SESSION_COLUMNS}, pot.limit_ms::float8 AS limit_ms, pot.used_ms::float8 AS used_ms
  )`;

const extendByIdSql = (condition: string, now: string, limits: string): string =>
  `${extendSql({ from: 'live_sessions s', condition, now, limits })} SELECT * FROM extended`;

const EXTEND = { name: 'live_sessions.extend', text: extendByIdSql('s.id = $1', '$2', '$3') };

/** Of several sessions that use one pot only one may be given. */
const EXTEND_MANY = {
  name: 'live_sessions.extend_many',
  text: extendByIdSql('s.id = ANY($1::uuid[])', '$2', '$3'),
};

const EXTEND_OWN = scopeToOwner('live_sessions.extend_own', 's', (ownerCondition) =>
  extendByIdSql(`s.id = $3 AND ${ownerCondition}`, '$4', '$5'),
);

/** `$1` ids of sessions, `$2` and `$3` the parameters of those who asked for them, `$4` now, `$5` limits of the plans. */
const EXTEND_OWN_BATCH = scopeToOwner(
  'live_sessions.extend_own_batch',
  's',
  (ownerCondition) => `${extendSql({
    from: `unnest($1::uuid[], $2::uuid[], $3::text[]) WITH ORDINALITY AS asked (id, owner, scope, position)
      JOIN live_sessions s ON s.id = asked.id`,
    condition: ownerCondition,
    columns: 'asked.position,',
    now: '$4',
    limits: '$5',
    skipsLocked: true,
  })}
  SELECT s.position::int, extended.* FROM s JOIN extended ON extended.id = s.id`,
  { owner: 'asked.owner', scope: 'asked.scope' },
);

const OPEN_POT = {
  name: 'live_pots.open',
  text: `INSERT INTO live_pots (subject_id, month, user_id, organization_id)
         SELECT COALESCE(s.owner_id, s.organization_id), ${monthSql('s.lease_until')}, s.owner_id,
           CASE WHEN s.owner_id IS NULL THEN s.organization_id END
         FROM live_sessions s WHERE s.id = $1 AND s.ended_at IS NULL ON CONFLICT DO NOTHING`,
};

/**
 * Ends active sessions and gives the time after their end back to the pots. A session whose lease has run out was silent, or had
 * used its quota, whatever the given reason is: the first is dated at its last sign of life, the second at the end of its lease.
 * A lease that the quota has shortened ends before the session counts as silent.
 * `$1` ids, `$2` now, `$3` reason, `$4` whether only sessions end whose lease has run out, `$5` limits of the plans.
 */
const END = {
  name: 'live_sessions.end',
  text: `
    WITH s AS MATERIALIZED (
      SELECT s.id, COALESCE(s.owner_id, s.organization_id) AS subject_id, s.lease_until,
        ${livePlanLimitSql('s.payer_id', '$5')} AS limit_ms,
        CASE WHEN s.lease_until >= $2 THEN $3 WHEN ${IS_AT_QUOTA} THEN 'quota' ELSE 'silent' END AS reason,
        CASE WHEN s.lease_until >= $2 THEN GREATEST($2::timestamptz, s.last_seen_at)
             WHEN ${IS_AT_QUOTA} THEN s.lease_until ELSE s.last_seen_at END AS seen_until
      FROM live_sessions s
      WHERE s.id = ANY($1::uuid[]) AND s.ended_at IS NULL AND (NOT $4::boolean OR s.lease_until < $2)
      ORDER BY s.id FOR NO KEY UPDATE OF s
    ), e AS MATERIALIZED (
      SELECT s.*, LEAST(s.seen_until, s.lease_until) AS end_at FROM s
    ), months AS (
      SELECT e.subject_id, m::date AS month, sum(${millisecondsSql(
        "GREATEST(e.end_at, m AT TIME ZONE 'UTC')",
        "LEAST(e.lease_until, (m + interval '1 month') AT TIME ZONE 'UTC')",
      )})::bigint AS unused_ms
      FROM e CROSS JOIN LATERAL generate_series(
        date_trunc('month', e.end_at AT TIME ZONE 'UTC'), date_trunc('month', e.lease_until AT TIME ZONE 'UTC'), '1 month'
      ) m GROUP BY 1, 2
    ), pots AS (
      UPDATE live_pots p SET used_ms = p.used_ms - months.unused_ms FROM months
      WHERE p.subject_id = months.subject_id AND p.month = months.month
      RETURNING p.subject_id, p.month, p.used_ms
    )
    UPDATE live_sessions t SET ended_at = e.end_at, end_reason = e.reason, lease_until = e.end_at,
      remaining_ms = GREATEST(0, e.limit_ms - COALESCE(pots.used_ms, 0))
    FROM e LEFT JOIN pots ON pots.subject_id = e.subject_id AND pots.month = ${monthSql('e.end_at')}
    WHERE t.id = e.id RETURNING ${SESSION_COLUMNS}`,
};

/** A session at the end of its quota may still get a heartbeat, which ends it: it is silent later. */
const LIST_OVERDUE = {
  name: 'live_sessions.list_overdue',
  text: `SELECT id FROM live_sessions WHERE ended_at IS NULL AND lease_until < $1
           AND last_seen_at < $1::timestamptz - ${LEASE} ORDER BY lease_until LIMIT $2`,
};

interface AskedLease {
  owner: Owner;
  id: string;
  now: Date;
  limitsJson: string;
}

/** Extends and ends the leases of sessions. The time that a session uses changes only here. */
@Injectable()
export class LiveLeaseRepository {
  private readonly userBatcher = this.createBatcher();
  private readonly keyBatcher = this.createBatcher();

  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * Extends the lease of an active session. Returns undefined when there is none, when its lease has run out, and when the month
   * has no pot yet. `now` can be the time of a process whose clock is behind: neither lease nor last sign of life go back.
   */
  async extend(id: string, now: Date, limitsJson: string): Promise<ExtendedLiveSession | undefined> {
    return (await this.unitOfWork.query<ExtendedLiveSession>(EXTEND, [id, now, limitsJson]))[0];
  }

  /** Like `extend`, for many sessions in one statement. No two of them may have the same owner or tenant. */
  extendMany(ids: readonly string[], now: Date, limitsJson: string): Promise<ExtendedLiveSession[]> {
    return this.unitOfWork.query<ExtendedLiveSession>(EXTEND_MANY, [ids, now, limitsJson]);
  }

  /** Like `extend`, for a session that the owner finds. */
  async extendOwn(
    owner: Owner,
    id: string,
    now: Date,
    limitsJson: string,
  ): Promise<ExtendedLiveSession | undefined> {
    const values = [...ownerParameters(owner), id, now, limitsJson];
    return (await this.unitOfWork.query<ExtendedLiveSession>(forOwner(EXTEND_OWN, owner), values))[0];
  }

  /**
   * Like `extendOwn`, in one statement with concurrent calls. Also returns undefined for a session that another statement
   * changes at this moment.
   */
  extendOwnBatched(asked: AskedLease): Promise<ExtendedLiveSession | undefined> {
    return (asked.owner.organizationId === null ? this.userBatcher : this.keyBatcher).add(asked);
  }

  /** Creates the pot of the month in which the lease of an active session ends. Idempotent. */
  async openPot(id: string): Promise<void> {
    await this.unitOfWork.query(OPEN_POT, [id]);
  }

  /** Ends those of the sessions that are active, and returns them. */
  end(
    ids: readonly string[],
    reason: LiveEndReason,
    { now, limitsJson, onlyOverdue = false }: { now: Date; limitsJson: string; onlyOverdue?: boolean },
  ): Promise<EndedLiveSession[]> {
    const values = [ids, now, reason, onlyOverdue, limitsJson];
    return this.unitOfWork.query<EndedLiveSession>(END, values);
  }

  /** Returns the ids of active sessions whose lease has run out, the longest ago first. */
  async listOverdue(now: Date, limit: number): Promise<string[]> {
    const rows = await this.unitOfWork.query<{ id: string }>(LIST_OVERDUE, [now, limit]);
    return rows.map(({ id }) => id);
  }

  /** A batcher for owners of one kind. */
  private createBatcher(): StatementBatcher<AskedLease, ExtendedLiveSession | undefined> {
    return new StatementBatcher((asked) => this.extendOwnBatch(asked));
  }

  private async extendOwnBatch(asked: AskedLease[]): Promise<(ExtendedLiveSession | undefined)[]> {
    const [first] = asked as [AskedLease];
    const owners = asked.map(({ owner }) => ownerParameters(owner));
    const values = [
      asked.map(({ id }) => id),
      owners.map(([owner]) => owner),
      owners.map(([, scope]) => String(scope)),
      new Date(Math.max(...asked.map(({ now }) => now.getTime()))),
      first.limitsJson,
    ];
    const statement = forOwner(EXTEND_OWN_BATCH, first.owner);
    const rows = await this.unitOfWork.query<ExtendedLiveSession & { position: number }>(statement, values);
    const sessions = new Map(rows.map(({ position, ...session }) => [position, session]));
    return asked.map((_, index) => sessions.get(index + 1));
  }
}
