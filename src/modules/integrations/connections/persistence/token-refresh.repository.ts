import { Injectable } from '@nestjs/common';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { type ConnectionStatus, IntegrationConnection } from './integration-connection.entity.js';

const FIND = {
  name: 'integration_connections.find_by_id',
  text: 'SELECT * FROM integration_connections WHERE id = $1',
};

/** A claim whose lease has ended belongs to a process that died. */
const CLAIM = {
  name: 'integration_connections.claim_refresh',
  text: `UPDATE integration_connections SET refresh_claim = $3, refresh_claimed_until = $5
         WHERE id = $1 AND token_version = $2 AND status <> 'reconnect_required'
           AND (refresh_claimed_until IS NULL OR refresh_claimed_until <= $4)
         RETURNING *`,
};

const STORE = {
  name: 'integration_connections.store_refreshed',
  text: `UPDATE integration_connections SET tokens = $3, token_version = token_version + 1, access_expires_at = $4,
           refreshed_at = $5, scopes = $6, status = $7, broken_at = $8, last_error = $9, refresh_claim = NULL,
           refresh_claimed_until = NULL
         WHERE id = $1 AND refresh_claim = $2 RETURNING *`,
};

const RELEASE = {
  name: 'integration_connections.release_refresh',
  text: `UPDATE integration_connections SET refresh_claim = NULL, refresh_claimed_until = NULL, last_error = $3
         WHERE id = $1 AND refresh_claim = $2`,
};

/** The owner is told once: a connection that was broken before is not returned. */
const BREAK = {
  name: 'integration_connections.break',
  text: `WITH before AS (SELECT id, broken_at FROM integration_connections WHERE id = $1 FOR UPDATE)
         UPDATE integration_connections c SET status = 'reconnect_required', last_error = 'access_revoked',
           broken_at = coalesce(c.broken_at, $3), refresh_claim = NULL, refresh_claimed_until = NULL
         FROM before WHERE c.id = before.id AND c.refresh_claim = $2
         RETURNING before.broken_at IS NULL AS is_first`,
};

const MARK_SCOPE_MISSING = {
  name: 'integration_connections.mark_scope_missing',
  text: `UPDATE integration_connections SET status = 'scope_missing', last_error = 'scope_missing', broken_at = $3,
           scopes = array(SELECT s FROM unnest(scopes) s WHERE s <> ALL($4::text[]))
         WHERE id = $1 AND token_version = $2 AND status = 'active' AND broken_at IS NULL RETURNING id`,
};

const LIST_DUE = {
  name: 'integration_connections.due',
  text: `SELECT id, token_version, refreshed_at FROM integration_connections
         WHERE status <> 'reconnect_required' AND refreshed_at <= $1
           AND ($2::timestamptz IS NULL OR (refreshed_at, id) > ($2::timestamptz, $3::uuid))
         ORDER BY refreshed_at, id LIMIT $4`,
};

export interface RefreshedTokens {
  tokens: Buffer;
  access_expires_at: Date;
  refreshed_at: Date;
  scopes: string[];
  status: ConnectionStatus;
  broken_at: Date | null;
  last_error: string | null;
}

export type DueConnection = Pick<IntegrationConnection, 'id' | 'token_version' | 'refreshed_at'>;

/** Refreshes of tokens. A claim makes them one at a time for each connection, in all processes. */
@Injectable()
export class TokenRefreshRepository extends RepositoryBase<IntegrationConnection> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, IntegrationConnection);
  }

  find(id: string): Promise<IntegrationConnection | undefined> {
    return this.one<IntegrationConnection>(FIND, [id]);
  }

  /** Returns the connection if its tokens are still those of `version` and nothing else refreshes them. */
  claim(
    { id, version, claim }: { id: string; version: number; claim: string },
    now: Date,
    until: Date,
  ): Promise<IntegrationConnection | undefined> {
    return this.one<IntegrationConnection>(CLAIM, [id, version, claim, now, until]);
  }

  /** Returns undefined when the claim has ended: the connection was deleted or made again. */
  store(id: string, claim: string, refreshed: RefreshedTokens): Promise<IntegrationConnection | undefined> {
    const { tokens, access_expires_at, refreshed_at, scopes, status, broken_at, last_error } = refreshed;
    const values = [tokens, access_expires_at, refreshed_at, scopes, status, broken_at, last_error];
    return this.one<IntegrationConnection>(STORE, [id, claim, ...values]);
  }

  async release(id: string, claim: string, reason: string): Promise<void> {
    await this.query(RELEASE, [id, claim, reason]);
  }

  /** Returns whether the owner has to be told: the claim is still valid and the connection was not broken before. */
  async break(id: string, claim: string, now: Date): Promise<boolean> {
    return (await this.one<{ is_first: boolean }>(BREAK, [id, claim, now]))?.is_first ?? false;
  }

  /** Returns whether the connection was active until now. */
  markScopeMissing(id: string, version: number, now: Date, missing: readonly string[]): Promise<boolean> {
    return this.affectedOneRow(MARK_SCOPE_MISSING, [id, version, now, missing]);
  }

  /** Returns connections whose tokens were refreshed before `before`, the oldest first. */
  listDue(before: Date, after: DueConnection | null, limit: number): Promise<DueConnection[]> {
    return this.query(LIST_DUE, [before, after?.refreshed_at ?? null, after?.id ?? null, limit]);
  }
}
