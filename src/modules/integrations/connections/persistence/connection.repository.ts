import { Injectable } from '@nestjs/common';
import type { SealedRow } from '@/platform/crypto/index.js';
import type { PageWindow } from '@/platform/pagination/index.js';
import { defineKeyset, keysetQuery, RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { IntegrationConnection, type Provider } from './integration-connection.entity.js';

const LIST = defineKeyset(
  'integration_connections.list',
  'id < $3::uuid',
  (after) => `SELECT * FROM integration_connections WHERE user_id = $1 ${after} ORDER BY id DESC LIMIT $2`,
);

const FIND = {
  name: 'integration_connections.find',
  text: 'SELECT * FROM integration_connections WHERE user_id = $1 AND provider = $2',
};

/** A connection that is made again keeps its id, and with it its study sessions. It ends a refresh that runs at present. */
const SAVE = {
  name: 'integration_connections.save',
  text: `INSERT INTO integration_connections AS c (id, user_id, provider, status, account_email, scopes, tokens, token_version,
           access_expires_at, refreshed_at, broken_at, connected_at, last_success_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10, $9, $9)
         ON CONFLICT (user_id, provider) DO UPDATE SET status = excluded.status, account_email = excluded.account_email,
           scopes = excluded.scopes, tokens = excluded.tokens, token_version = c.token_version + 1,
           access_expires_at = excluded.access_expires_at, refreshed_at = excluded.refreshed_at, refresh_claim = NULL,
           refresh_claimed_until = NULL, broken_at = excluded.broken_at, connected_at = excluded.connected_at,
           last_success_at = excluded.last_success_at, last_error = NULL
         RETURNING *`,
};

const RECORD_SUCCESS = {
  name: 'integration_connections.record_success',
  text: 'UPDATE integration_connections SET last_success_at = $2, last_error = NULL WHERE id = $1',
};

const RECORD_FAILURE = {
  name: 'integration_connections.record_failure',
  text: `UPDATE integration_connections SET last_error = $2
         WHERE id = $1 AND status <> 'reconnect_required' AND last_error IS DISTINCT FROM $2`,
};

const DELETE = {
  name: 'integration_connections.delete',
  text: 'DELETE FROM integration_connections WHERE user_id = $1 AND provider = $2 RETURNING *',
};

const LIST_OF_USER = {
  name: 'integration_connections.of_user',
  text: 'SELECT * FROM integration_connections WHERE user_id = $1 ORDER BY id',
};

const IS_ACCOUNT_CONNECTED = {
  name: 'integration_connections.is_account_connected',
  text: `SELECT id FROM integration_connections WHERE provider = $1 AND account_email = $2
           AND status <> 'reconnect_required' LIMIT 1`,
};

const LIST_SEALED = {
  name: 'integration_connections.sealed',
  text: `SELECT id, tokens AS sealed FROM integration_connections
         WHERE ($1::uuid IS NULL OR id > $1::uuid) ORDER BY id LIMIT $2`,
};

const RESEAL = {
  name: 'integration_connections.reseal',
  text: 'UPDATE integration_connections SET tokens = $3 WHERE id = $1 AND tokens = $2 RETURNING id',
};

export type NewConnection = Pick<
  IntegrationConnection,
  | 'id'
  | 'provider'
  | 'status'
  | 'account_email'
  | 'scopes'
  | 'tokens'
  | 'access_expires_at'
  | 'connected_at'
  | 'broken_at'
>;

/** Stores connections. Methods for clients take the user first. */
@Injectable()
export class ConnectionRepository extends RepositoryBase<IntegrationConnection> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, IntegrationConnection);
  }

  list(userId: string, window: PageWindow<string>): Promise<IntegrationConnection[]> {
    return this.query<IntegrationConnection>(...keysetQuery(LIST, [userId], window));
  }

  listOfUser(userId: string): Promise<IntegrationConnection[]> {
    return this.query<IntegrationConnection>(LIST_OF_USER, [userId]);
  }

  find(userId: string, provider: Provider): Promise<IntegrationConnection | undefined> {
    return this.one<IntegrationConnection>(FIND, [userId, provider]);
  }

  /** Inserts the connection of a user, or replaces it. */
  async save(userId: string, connection: NewConnection): Promise<IntegrationConnection> {
    const { id, provider, status, account_email, scopes, tokens } = connection;
    const { access_expires_at, connected_at, broken_at } = connection;
    const described = [id, userId, provider, status, account_email, scopes, tokens];
    const [row] = await this.query<IntegrationConnection>(SAVE, [
      ...described,
      access_expires_at,
      connected_at,
      broken_at,
    ]);
    if (!row) throw new Error('A connection was not stored.');
    return row;
  }

  /** Returns the deleted connection; undefined when there is none. */
  delete(userId: string, provider: Provider): Promise<IntegrationConnection | undefined> {
    return this.one<IntegrationConnection>(DELETE, [userId, provider]);
  }

  async recordSuccess(id: string, now: Date): Promise<void> {
    await this.query(RECORD_SUCCESS, [id, now]);
  }

  async recordFailure(id: string, reason: string): Promise<void> {
    await this.query(RECORD_FAILURE, [id, reason]);
  }

  /** Returns whether any connection uses the account: a revocation would end it as well. */
  isAccountConnected(provider: Provider, email: string): Promise<boolean> {
    return this.affectedOneRow(IS_ACCOUNT_CONNECTED, [provider, email]);
  }

  listSealed(after: string | null, limit: number): Promise<SealedRow[]> {
    return this.query(LIST_SEALED, [after, limit]);
  }

  /** Replaces encrypted tokens. Returns false when they have changed since they were read. */
  reseal(id: string, from: Buffer, to: Buffer): Promise<boolean> {
    return this.affectedOneRow(RESEAL, [id, from, to]);
  }
}
