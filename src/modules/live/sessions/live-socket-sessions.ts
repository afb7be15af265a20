import { Injectable } from '@nestjs/common';
import { toOwner } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { type LiveSessionContext, toLiveSessionContext } from './live-session-context.js';
import { LiveSessionNotifier } from './live-session-notifier.js';
import { type EmbedGrant, type LiveSessionSettings, LiveSessionStarter } from './live-session-starter.js';
import type { LiveEndReason } from './live-session.rules.js';
import { LiveSessionRepository } from './persistence/live-session.repository.js';
import { PracticeModuleRegistry } from './practice-module.registry.js';

export type EmbedSettings = Pick<LiveSessionSettings, 'session_type' | 'language' | 'voice'>;

export interface SessionHolder {
  attachment: number;
  /** Null for an active session. */
  endReason: LiveEndReason | null;
}

/** Finds and starts the session that a socket is for, and decides which of several sockets has it. */
@Injectable()
export class LiveSocketSessions {
  constructor(
    private readonly sessions: LiveSessionRepository,
    private readonly starter: LiveSessionStarter,
    private readonly practiceModules: PracticeModuleRegistry,
    private readonly notifier: LiveSessionNotifier,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Returns the active session of a user or API key, for a socket that is opened with their credentials; null without one. */
  async findActive(actor: Actor): Promise<LiveSessionContext | null> {
    const session = await this.sessions.findActive(toOwner(actor));
    if (!session?.is_own || session.lease_until < this.clock.now()) return null;
    return toLiveSessionContext(session, actor, this.practiceModules.find(session.module_id));
  }

  /**
   * Returns the session of an integration token, which starts with the first call. The tenant pays it; it has no user, no
   * knowledge, no module and no stored transcript. Throws `live_session_ended` when the session of this token has ended,
   * `live_quota_exceeded` and `live_sessions_limit_reached`.
   */
  async startEmbedded(grant: EmbedGrant, settings: EmbedSettings): Promise<LiveSessionContext> {
    const common = { instructions: null, module_id: null, use_knowledge: false, provider: null };
    return toLiveSessionContext(
      await this.starter.startEmbedded(grant, { ...settings, ...common }),
      null,
      null,
    );
  }

  /**
   * Attaches another socket to a session, and notifies the processes of the sockets before it, which close with 4409. Returns the
   * number of the attachment: the highest one has the session. Returns null when the session is not active.
   */
  attach(sessionId: string): Promise<number | null> {
    return this.unitOfWork.run(async () => {
      const attachment = await this.sessions.attach(sessionId);
      if (attachment === undefined) return null;
      await this.notifier.publishAttached(sessionId, attachment);
      return attachment;
    });
  }

  /** Returns the attachment that has each session now, and why the session has ended. Sessions that do not exist are left out. */
  async listHolders(sessionIds: readonly string[]): Promise<Map<string, SessionHolder>> {
    const rows = await this.sessions.listHolders(sessionIds);
    return new Map(rows.map(({ id, attachment, end_reason: endReason }) => [id, { attachment, endReason }]));
  }
}
