import { Injectable } from '@nestjs/common';
import type { SessionActor, ClientInfo } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Entropy } from '@/platform/kernel/entropy.js';
import { newId } from '@/platform/kernel/ids.js';
import { windowById, toPage, type PageQuery } from '@/platform/pagination/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { authErrors } from '../auth.errors.js';
import { SessionResponse } from './dto/session.response.js';
import type { UsedSecondFactor, Session } from './persistence/session.entity.js';
import { SessionRepository } from './persistence/session.repository.js';
import { SessionCache } from './session-cache.js';
import { IDLE_TIMEOUT, SESSION_LIFETIME } from './sessions.rules.js';

export interface NewSession {
  userId: string;
  client: ClientInfo;
  /** Xentree logins get a refresh token, XC logins do not. */
  refreshable: boolean;
  /** When the password was verified; by default now. */
  passwordAt?: Date;
  secondFactor?: UsedSecondFactor;
}

/** Creates, lists and ends sessions. A change reaches the caches of all nodes when its transaction commits. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly sessions: SessionRepository,
    private readonly cache: SessionCache,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly entropy: Entropy,
  ) {}

  async create({ userId, client, refreshable, passwordAt, secondFactor }: NewSession): Promise<Session> {
    const now = this.clock.now();
    const session: Session = {
      id: newId(),
      user_id: userId,
      user_agent: client.userAgent,
      ip: client.ip,
      created_at: now,
      last_seen_at: now,
      active_at: now,
      expires_at: this.clock.after(SESSION_LIFETIME),
      ended_at: null,
      end_reason: null,
      password_at: passwordAt ?? now,
      second_factor_at: secondFactor ? now : null,
      second_factor_method: secondFactor ?? null,
      refresh_salt: refreshable ? this.entropy.bytes(16) : null,
      refresh_counter: refreshable ? 1 : null,
      refresh_rotated_at: null,
    };
    await this.sessions.insert(session);
    return session;
  }

  async list(actor: SessionActor, query: PageQuery): Promise<SessionResponse[]> {
    const window = windowById(query);
    const at = { now: this.clock.now(), idleSince: this.clock.after(-IDLE_TIMEOUT) };
    const rows = await this.sessions.list(actor.userId, at, window);
    return toPage(window, rows, ({ id }) => id).map((row) => SessionResponse.from(row, actor.sessionId));
  }

  /**
   * Throws `token_invalid` when the session has ended. In a transaction that locks the account it stays active until the
   * end of the transaction, unless its own log-out ends it.
   */
  async assertActive(sessionId: string): Promise<void> {
    if (!(await this.sessions.findActive(sessionId, this.clock.now()))) throw platformErrors.token_invalid();
  }

  /** Ends a session of the actor. Throws `session_not_found`. */
  async endOwn(actor: SessionActor, sessionId: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const ended = await this.sessions.endOwn(actor.userId, sessionId, this.clock.now(), 'revoked');
      if (!ended) throw authErrors.session_not_found();
      await this.cache.publishChange(sessionId);
    });
  }

  /** Ends a session; returns false if it had ended before. Its tokens stop working on all nodes within a second. */
  async end(sessionId: string, reason: string): Promise<boolean> {
    return this.unitOfWork.run(async () => {
      const ended = await this.sessions.end(sessionId, this.clock.now(), reason);
      if (ended) await this.cache.publishChange(sessionId);
      return ended;
    });
  }

  /** Ends all sessions of a user except `keptSessionId`. */
  async endAll(userId: string, reason: string, keptSessionId: string | null = null): Promise<void> {
    await this.unitOfWork.run(async () => {
      await this.sessions.endAll(userId, this.clock.now(), reason, keptSessionId);
      await this.cache.publishUserChange(userId);
    });
  }

  /** Records that the session verified a second factor now; all its access tokens profit. Throws `token_invalid`. */
  async recordStepUp(sessionId: string, method: UsedSecondFactor): Promise<void> {
    await this.unitOfWork.run(async () => {
      if (!(await this.sessions.recordStepUp(sessionId, this.clock.now(), method)))
        throw platformErrors.token_invalid();
      await this.cache.publishChange(sessionId);
    });
  }

  /** Returns all stored sessions of a user, without secrets, for the data export. */
  async findAllByUser(userId: string): Promise<object[]> {
    const rows = await this.sessions.findAllByUser(userId);
    return rows.map(({ refresh_salt: _salt, refresh_counter: _counter, ...row }) => row);
  }
}
