import { Injectable } from '@nestjs/common';
import { nodeIsAliveSql } from '@/platform/cluster/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { CounterRow } from './usage.repository.js';

const INSERT_COUNTERS = {
  name: 'token_counters.begin',
  text: `INSERT INTO token_counters (subject, month, used, reserved)
         SELECT s, $1, 0, 0 FROM unnest($2::uuid[]) AS s ORDER BY s ON CONFLICT DO NOTHING`,
};

const LOCK_COUNTERS = {
  name: 'token_counters.lock',
  text: `SELECT subject, used, reserved FROM token_counters
         WHERE month = $1 AND subject = ANY($2::uuid[]) ORDER BY subject FOR UPDATE`,
};

const RESERVE = {
  name: 'token_reservations.reserve',
  text: `WITH kept AS (
           INSERT INTO token_reservations (id, month, subjects, tokens, expires_at, node_id)
             VALUES ($1, $2, $3, $4, $5, $6)
         )
         UPDATE token_counters SET reserved = reserved + $4 WHERE month = $2 AND subject = ANY($3::uuid[])`,
};

/** Every statement locks counters in the same order (subject, month); otherwise two statements could deadlock. */
const releaseSql = (name: string, condition: string) => ({
  name: `token_reservations.${name}`,
  text: `WITH gone AS (
           DELETE FROM token_reservations WHERE ${condition} RETURNING month, subjects, tokens
         ), shares AS (
           SELECT month, s AS subject, sum(tokens)::bigint AS tokens
           FROM gone, unnest(subjects) AS s GROUP BY 1, 2
         ), held AS MATERIALIZED (
           SELECT c.month, c.subject, s.tokens FROM token_counters c JOIN shares s USING (month, subject)
           ORDER BY c.subject, c.month FOR UPDATE OF c
         )
         UPDATE token_counters c SET reserved = c.reserved - h.tokens
         FROM held h WHERE c.month = h.month AND c.subject = h.subject`,
});

const RELEASE = releaseSql('release', 'id = ANY($1::uuid[])');
/** Reservations that have expired, or whose process died. */
const RELEASE_EXPIRED = releaseSql('reclaim', `expires_at <= $1 OR NOT ${nodeIsAliveSql('node_id')}`);

/** Tokens that are reserved for running calls. */
@Injectable()
export class ReservationRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Returns the counters of these subjects, locked until the transaction of the caller ends. */
  async lockCounters(month: string, subjects: readonly string[]): Promise<CounterRow[]> {
    await this.unitOfWork.query(INSERT_COUNTERS, [month, subjects]);
    return this.unitOfWork.query<CounterRow>(LOCK_COUNTERS, [month, subjects]);
  }

  async reserve(
    id: string,
    month: string,
    subjects: readonly string[],
    { tokens, expiresAt, nodeId }: { tokens: number; expiresAt: Date; nodeId: string },
  ): Promise<void> {
    await this.unitOfWork.query(RESERVE, [id, month, subjects, tokens, expiresAt, nodeId]);
  }

  /** Idempotent: a reservation that is gone has no effect. */
  async release(...ids: string[]): Promise<void> {
    await this.unitOfWork.query(RELEASE, [ids]);
  }

  async releaseExpired(now: Date): Promise<void> {
    await this.unitOfWork.query(RELEASE_EXPIRED, [now]);
  }
}
