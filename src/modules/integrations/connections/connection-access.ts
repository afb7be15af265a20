import { Injectable } from '@nestjs/common';
import { Clock } from '@/platform/kernel/clock.js';
import { MINUTE } from '@/platform/kernel/durations.js';
import { type FailureReason, GoogleFailure } from '../google/google-failure.js';
import { missingScopes } from '../google/scopes.rules.js';
import { integrationErrors } from '../integrations.errors.js';
import { AuthorizationLinks } from './authorization-links.js';
import { ConnectionRepository } from './persistence/connection.repository.js';
import type { IntegrationConnection, Provider } from './persistence/integration-connection.entity.js';
import { TokenBox } from './token-box.js';
import { RefreshResultWriter, TokenRefresher } from './token-refresher.js';

/** Tokens are refreshed this long before their end. */
const REFRESH_BEFORE_END = MINUTE;

/** A working connection and its access token. */
export interface ConnectionAccess {
  connection: IntegrationConnection;
  token: string;
}

/** Opens connections for requests to the service, and records how these went. */
@Injectable()
export class ConnectionAccessService {
  constructor(
    private readonly connections: ConnectionRepository,
    private readonly refresher: TokenRefresher,
    private readonly results: RefreshResultWriter,
    private readonly links: AuthorizationLinks,
    private readonly box: TokenBox,
    private readonly clock: Clock,
  ) {}

  /**
   * Throws `integration_not_connected`, `integration_reconnect_required` or `integration_scope_missing`, or a
   * {@link GoogleFailure} when tokens that have expired cannot be refreshed.
   */
  async open(userId: string, provider: Provider): Promise<ConnectionAccess> {
    const connection = await this.connections.find(userId, provider);
    if (!connection) throw integrationErrors.integration_not_connected();
    this.assertUsable(connection);
    if (connection.access_expires_at > this.clock.after(REFRESH_BEFORE_END)) return this.toAccess(connection);
    try {
      return await this.renew({ connection });
    } catch (error) {
      const isStillValid = connection.access_expires_at > this.clock.now();
      if (error instanceof GoogleFailure && isStillValid) return this.toAccess(connection);
      throw error;
    }
  }

  /** Refreshes tokens that the service does not accept. Throws like `open`. */
  async renew({ connection }: Pick<ConnectionAccess, 'connection'>): Promise<ConnectionAccess> {
    const renewed = await this.refresher.refresh(connection.id, connection.token_version);
    this.assertUsable(renewed);
    return this.toAccess(renewed);
  }

  async recordSuccess({ connection }: ConnectionAccess): Promise<void> {
    const { id, last_success_at, last_error } = connection;
    const now = this.clock.now();
    const isRecent = last_success_at && last_success_at > this.clock.after(-MINUTE);
    if (isRecent && last_error === null) return;
    Object.assign(connection, { last_success_at: now, last_error: null });
    await this.connections.recordSuccess(id, now);
  }

  async recordFailure({ connection }: ConnectionAccess, reason: FailureReason): Promise<void> {
    await this.connections.recordFailure(connection.id, reason);
  }

  /** Throws `integration_scope_missing` after the service refused a request for this reason. */
  async refuseScopes({ connection }: ConnectionAccess, scopes: readonly string[]): Promise<never> {
    await this.results.markScopeMissing(connection, scopes);
    throw this.scopeMissing(connection, scopes);
  }

  private assertUsable(connection: IntegrationConnection): void {
    const { status, user_id, account_email } = connection;
    if (status === 'reconnect_required') {
      const { authorization_url } = this.links.create(user_id, account_email);
      throw integrationErrors.integration_reconnect_required({ data: { authorization_url } });
    }
    if (status === 'scope_missing') throw this.scopeMissing(connection, missingScopes(connection.scopes));
  }

  private scopeMissing(
    { user_id, account_email }: IntegrationConnection,
    missing_scopes: readonly string[],
  ): Error {
    const { authorization_url } = this.links.create(user_id, account_email);
    return integrationErrors.integration_scope_missing({ data: { missing_scopes, authorization_url } });
  }

  private toAccess(connection: IntegrationConnection): ConnectionAccess {
    return { connection, token: this.box.open(connection).access };
  }
}
