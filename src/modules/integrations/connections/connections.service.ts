import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { GoogleFailure } from '../google/google-failure.js';
import type { GrantedTokens } from '../google/google-oauth.js';
import { missingScopes, REQUIRED_SCOPES } from '../google/scopes.rules.js';
import { integrationErrors } from '../integrations.errors.js';
import { ConnectionMailer } from './connection-mailer.js';
import { ConnectionStore } from './connection-store.js';
import type { IntegrationConnection, Provider } from './persistence/integration-connection.entity.js';
import { TokenBox } from './token-box.js';

/** Makes and ends connections. */
@Injectable()
export class ConnectionsService implements OnModuleInit {
  constructor(
    private readonly store: ConnectionStore,
    private readonly mailer: ConnectionMailer,
    private readonly accounts: AccountsService,
    private readonly box: TokenBox,
    private readonly clock: Clock,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  onModuleInit(): void {
    this.accounts.onErasure((userId) => this.revokeAll(userId));
  }

  /** Stores a granted connection, or replaces the one of this user. Tokens that cannot be stored are revoked. */
  async connect(userId: string, provider: Provider, granted: GrantedTokens): Promise<IntegrationConnection> {
    try {
      return await this.unitOfWork.runDetached(() => this.replace(userId, provider, granted));
    } catch (error) {
      const { refreshToken, email } = granted;
      if (refreshToken !== undefined) await this.store.revocations.enqueue({ provider, refreshToken, email });
      throw error;
    }
  }

  /** Ends a connection at once; a job ends the grant, and deletes the study sessions when `removeEvents` says so. */
  async disconnect(userId: string, provider: Provider, removeEvents: boolean): Promise<void> {
    await this.unitOfWork.run(async () => {
      const current = await this.store.connections.find(userId, provider);
      const eventIds = current && removeEvents ? await this.store.events.list(current.id) : [];
      const deleted = await this.store.connections.delete(userId, provider);
      if (!deleted) throw integrationErrors.integration_not_connected();
      await this.revoke(deleted, eventIds);
    });
  }

  /** Queues the revocation of all connections of an account, in the transaction that erases it. */
  private async revokeAll(userId: string): Promise<void> {
    for (const connection of await this.store.connections.listOfUser(userId)) await this.revoke(connection);
  }

  private async revoke(connection: IntegrationConnection, eventIds: readonly string[] = []): Promise<void> {
    const { provider, account_email: email, status } = connection;
    if (status === 'reconnect_required') return; // Google has ended the grant already
    const { refresh: refreshToken } = this.box.open(connection);
    await this.store.revocations.enqueue({ provider, refreshToken, email, eventIds });
  }

  private async replace(
    userId: string,
    provider: Provider,
    granted: GrantedTokens,
  ): Promise<IntegrationConnection> {
    await this.accounts.lock(userId);
    const previous = await this.store.connections.find(userId, provider);
    const isOtherAccount = previous !== undefined && differs(previous.account_email, granted.email);
    if (isOtherAccount) {
      await this.store.events.deleteAll(previous.id);
      await this.revoke(previous);
    }
    const kept = previous && !isOtherAccount ? this.box.open(previous).refresh : undefined;
    const refresh = granted.refreshToken ?? kept;
    if (refresh === undefined) throw new GoogleFailure('malformed_answer', undefined, 'no refresh token');
    const scopes = granted.scopes ?? [...REQUIRED_SCOPES];
    const isWhole = missingScopes(scopes).length === 0;
    const id = previous?.id ?? newId();
    const connection = await this.store.connections.save(userId, {
      id,
      provider,
      status: isWhole ? 'active' : 'scope_missing',
      account_email: granted.email ?? previous?.account_email ?? null,
      scopes,
      tokens: this.box.seal(id, { access: granted.accessToken, refresh }),
      access_expires_at: this.clock.after(granted.expiresIn),
      connected_at: this.clock.now(),
      broken_at: isWhole ? null : (previous?.broken_at ?? null),
    });
    if (isWhole && previous?.broken_at) await this.mailer.sendRestored(userId);
    return connection;
  }
}

/** A revocation ends all grants of an account, so tokens of the same account, or of an unknown one, are not revoked. */
function differs(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && one !== other;
}
