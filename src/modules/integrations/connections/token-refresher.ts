import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Clock } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import { Log } from '@/platform/logging/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { GoogleFailure, GrantRefused } from '../google/google-failure.js';
import { type GrantedTokens, GoogleOAuth } from '../google/google-oauth.js';
import { missingScopes } from '../google/scopes.rules.js';
import { integrationErrors } from '../integrations.errors.js';
import { ConnectionMailer } from './connection-mailer.js';
import type { IntegrationConnection } from './persistence/integration-connection.entity.js';
import { TokenRefreshRepository } from './persistence/token-refresh.repository.js';
import { RevocationQueue } from './revocation-queue.js';
import { TokenBox } from './token-box.js';

/** Longer than a request to Google: a claim of this age belongs to a process that died. */
const LEASE_SECONDS = 20;
const POLL_MS = 50;
const MAX_POLLS = (LEASE_SECONDS * 1000) / POLL_MS;

/** Stores what Google answered to a refresh, and tells the owner when the connection breaks or works again. */
@Injectable()
export class RefreshResultWriter {
  constructor(
    private readonly connections: TokenRefreshRepository,
    private readonly mailer: ConnectionMailer,
    private readonly revocations: RevocationQueue,
    private readonly box: TokenBox,
    private readonly clock: Clock,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Keeps a rotated refresh token. A token that has no connection any more is revoked. */
  async store(
    before: IntegrationConnection,
    claim: string,
    granted: GrantedTokens,
  ): Promise<IntegrationConnection | undefined> {
    const { id, user_id, provider, account_email, broken_at } = before;
    const refresh = granted.refreshToken ?? this.box.open(before).refresh;
    const scopes = granted.scopes ?? before.scopes;
    const isWhole = missingScopes(scopes).length === 0;
    const now = this.clock.now();
    return this.unitOfWork.runDetached(async () => {
      const stored = await this.connections.store(id, claim, {
        tokens: this.box.seal(id, { access: granted.accessToken, refresh }),
        access_expires_at: this.clock.after(granted.expiresIn),
        refreshed_at: now,
        scopes,
        status: isWhole ? 'active' : 'scope_missing',
        broken_at: isWhole ? null : before.status === 'active' ? (broken_at ?? now) : broken_at,
        last_error: isWhole ? null : 'scope_missing',
      });
      if (!stored && granted.refreshToken !== undefined)
        await this.revocations.enqueue({ provider, refreshToken: refresh, email: account_email });
      if (stored && isWhole && broken_at) await this.mailer.sendRestored(user_id);
      if (stored && !isWhole && stored.broken_at && !broken_at)
        await this.mailer.sendBroken(user_id, 'scope_missing');
      return stored;
    });
  }

  async breakConnection({ id, user_id }: IntegrationConnection, claim: string): Promise<void> {
    await this.unitOfWork.runDetached(async () => {
      const isFirst = await this.connections.break(id, claim, this.clock.now());
      if (isFirst) await this.mailer.sendBroken(user_id, 'access_revoked');
    });
  }

  /** Marks a connection whose scopes Google does not accept, although it granted them. */
  async markScopeMissing(connection: IntegrationConnection, missing: readonly string[]): Promise<void> {
    const { id, user_id, token_version } = connection;
    await this.unitOfWork.runDetached(async () => {
      const isFirst = await this.connections.markScopeMissing(id, token_version, this.clock.now(), missing);
      if (isFirst) await this.mailer.sendBroken(user_id, 'scope_missing');
    });
  }
}

/** Refreshes tokens, one refresh at a time for each connection in all processes. */
@Injectable()
export class TokenRefresher {
  private readonly running = new Map<string, Promise<IntegrationConnection>>();

  constructor(
    private readonly connections: TokenRefreshRepository,
    private readonly results: RefreshResultWriter,
    private readonly oauth: GoogleOAuth,
    private readonly box: TokenBox,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /**
   * Returns the connection with newer tokens than those of `version`, or as one that must be made again. Throws a
   * {@link GoogleFailure}, or `integration_not_connected` when it was deleted.
   */
  async refresh(id: string, version: number): Promise<IntegrationConnection> {
    const key = `${id}/${version}`;
    const running = this.running.get(key) ?? this.claimOrWait(id, version);
    this.running.set(key, running);
    try {
      return await running;
    } finally {
      if (this.running.get(key) === running) this.running.delete(key);
    }
  }

  /** Another process can hold the claim: its result is awaited. */
  private async claimOrWait(id: string, version: number): Promise<IntegrationConnection> {
    for (let poll = 0; poll < MAX_POLLS; poll += 1) {
      const claim = newId();
      const until = this.clock.after(LEASE_SECONDS);
      const claimed = await this.connections.claim({ id, version, claim }, this.clock.now(), until);
      if (claimed) return this.request(claimed, claim);
      const current = await this.connections.find(id);
      if (!current) throw integrationErrors.integration_not_connected();
      if (current.token_version !== version || current.status === 'reconnect_required') return current;
      await pause(POLL_MS);
    }
    throw new GoogleFailure('timed_out');
  }

  private async request(before: IntegrationConnection, claim: string): Promise<IntegrationConnection> {
    try {
      const granted = await this.oauth.refresh(this.box.open(before).refresh);
      const stored = await this.results.store(before, claim, granted);
      if (stored) return stored;
    } catch (error) {
      await this.handleFailure(before, claim, error);
    }
    const current = await this.connections.find(before.id);
    if (!current) throw integrationErrors.integration_not_connected();
    return current;
  }

  private async handleFailure(before: IntegrationConnection, claim: string, error: unknown): Promise<void> {
    if (error instanceof GrantRefused) return this.results.breakConnection(before, claim);
    const { reason, answer } =
      error instanceof GoogleFailure ? error : { reason: 'provider_failed', answer: undefined };
    await this.connections.release(before.id, claim, reason);
    this.log.warn('integrations.refresh_failed', { connection: before.id, reason, answer });
    throw error;
  }
}
