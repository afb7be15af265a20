import { Injectable } from '@nestjs/common';
import { HiddenRowExplainer, toOwner } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/index.js';
import { liveErrors } from '../live.errors.js';
import { type AnyLiveSession, LiveSessionRepository } from './persistence/live-session.repository.js';

/** Finds sessions on behalf of their owner. */
@Injectable()
export class LiveSessionFinder {
  constructor(
    private readonly sessions: LiveSessionRepository,
    private readonly hiddenRowExplainer: HiddenRowExplainer,
  ) {}

  /** Throws `live_session_not_found`, and `two_factor_required` for a session that is hidden until a step-up. */
  async find(actor: Actor, id: string): Promise<AnyLiveSession> {
    const owner = toOwner(actor);
    const session = await this.sessions.findOwn(owner, id);
    if (session) return session;
    const notFound = liveErrors.live_session_not_found;
    throw await this.hiddenRowExplainer.explainMissingRow('live_sessions', id, owner, notFound);
  }
}
