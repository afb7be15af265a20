import { Injectable } from '@nestjs/common';
import { toOwner } from '@/modules/organizations/index.js';
import { type Actor, requireScope } from '@/platform/access/index.js';
import { requestContext } from '@/platform/context/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { toEndedError } from '../live.errors.js';
import { LivePayerService } from '../quota/live-payer.service.js';
import type { LiveStartSessionRequest } from './dto/live-session.requests.js';
import type { LiveSessionResponse } from './dto/live-session.response.js';
import { LiveLeaseService } from './live-lease.service.js';
import { LiveSessionFinder } from './live-session-finder.js';
import { LiveSessionPresenter } from './live-session-presenter.js';
import { type LiveSessionSettings, LiveSessionStarter } from './live-session-starter.js';
import type { EndedLiveSession, ExtendedLiveSession } from './persistence/live-session.row.js';

/** Starts, extends and ends the live sessions of a user or an API key. */
@Injectable()
export class LiveSessionsService {
  constructor(
    private readonly starter: LiveSessionStarter,
    private readonly payer: LivePayerService,
    private readonly leases: LiveLeaseService,
    private readonly finder: LiveSessionFinder,
    private readonly presenter: LiveSessionPresenter,
    private readonly clock: Clock,
  ) {}

  /**
   * Starts a session, or returns the active one. Throws `live_session_active`, `live_sessions_limit_reached` and
   * `live_quota_exceeded`.
   */
  async start(actor: Actor, request: LiveStartSessionRequest): Promise<LiveSessionResponse> {
    if (request.use_knowledge) requireScope(actor, 'rag:read');
    const payerId = await this.payer.resolve(actor, request.organization_id);
    const { session, isNew } = await this.starter.start(toOwner(actor), payerId, toSettings(request));
    if (!isNew) requestContext.setHeader('Idempotent-Replayed', 'true');
    return this.presenter.presentActive(session, actor);
  }

  /** Extends a session by a lease. Throws `live_session_not_found`, `live_session_ended` and `live_quota_exceeded`. */
  async heartbeat(actor: Actor, id: string): Promise<LiveSessionResponse> {
    const session = await this.leases.grantBatched(toOwner(actor), id);
    if (session && !this.leases.isUsedUp(session)) return this.presenter.presentActive(session, actor);
    await this.finder.find(actor, id);
    const state = await this.leases.extend(id);
    // A parallel start could have given the session more time.
    if (state.state === 'active') return this.heartbeat(actor, id);
    throw toEndedError(state.reason, this.clock.now());
  }

  /** Ends a session. Returns the same response for a session that has ended. Throws `live_session_not_found`. */
  async end(actor: Actor, id: string): Promise<LiveSessionResponse> {
    const session = await this.finder.find(actor, id);
    if (session.ended_at === null) await this.leases.end(id, 'client');
    return this.presenter.presentEnded((await this.finder.find(actor, id)) as EndedLiveSession);
  }

  /** Returns the present state of a session, with a fresh ticket while it is active. Counts as a sign of life. */
  async refresh(actor: Actor, id: string): Promise<LiveSessionResponse> {
    const session = await this.extendIfActive(actor, id);
    if (session) return this.presenter.presentActive(session, actor);
    return this.presenter.presentEnded((await this.finder.find(actor, id)) as EndedLiveSession);
  }

  private async extendIfActive(actor: Actor, id: string): Promise<ExtendedLiveSession | undefined> {
    const session = await this.leases.grant(id, { owner: toOwner(actor) });
    if (session && !this.leases.isUsedUp(session)) return session;
    await this.finder.find(actor, id);
    await this.leases.extend(id);
    return undefined;
  }
}

function toSettings(request: LiveStartSessionRequest): LiveSessionSettings {
  const { session_type, language = null, voice = null, instructions = null } = request;
  const { module_id = null, use_knowledge = false, provider = null } = request;
  return { session_type, language, voice, instructions, module_id, use_knowledge, provider };
}
