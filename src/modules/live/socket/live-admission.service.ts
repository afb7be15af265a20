import { Injectable } from '@nestjs/common';
import { IntegrationTokenAuthenticator } from '@/modules/integration-tokens/index.js';
import { type Actor, RequestAuthenticator, requireScope } from '@/platform/access/index.js';
import { invalidField, platformErrors } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import type { LiveChannelSession } from '../channel/live-channel.js';
import { liveErrors, toEndedError } from '../live.errors.js';
import {
  type LiveSessionContext,
  LiveSessionFinder,
  LiveSocketSessions,
  LiveTicketService,
} from '../sessions/index.js';
import type { LiveSocketQuery } from './dto/live-socket.query.js';

/** The session that a socket may use, and the credentials that must stay valid. */
export interface Admission {
  session: LiveChannelSession;
  organizationId: LiveSessionContext['organizationId'];
  /** The integration token of an embedded session. */
  jti: string | null;
}

const EMBED_FIELDS = ['session_type', 'language', 'voice'] as const;

/** Judges the credentials of a socket before it opens. */
@Injectable()
export class LiveAdmissionService {
  constructor(
    private readonly tickets: LiveTicketService,
    private readonly sessions: LiveSocketSessions,
    private readonly finder: LiveSessionFinder,
    private readonly authenticator: RequestAuthenticator,
    private readonly integrationTokens: IntegrationTokenAuthenticator,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns the session of the caller. Throws 401 `token_invalid`, 403 `origin_not_allowed` and `grant_scope_missing`, 404 when
   * there is no active session, 409 `live_session_ended`, and 429 when an embedded session cannot start.
   */
  async admit(actor: Actor | null, query: LiveSocketQuery, origin: string | undefined): Promise<Admission> {
    const { ticket, integration_token: token } = query;
    if (ticket !== undefined && token !== undefined) throw exclusive('integration_token', 'ticket');
    if (token !== undefined) return this.admitEmbed(token, query, origin);
    const unusable = EMBED_FIELDS.find((name) => query[name] !== undefined);
    if (unusable) throw invalidField(unusable, 'exclusive', 'is only possible with an integration_token');
    if (ticket === undefined) return toAdmission(await this.findSession(actor, query.session_id));
    if (query.session_id !== undefined) throw exclusive('session_id', 'ticket');
    return this.admitTicket(ticket);
  }

  private async admitTicket(ticket: string): Promise<Admission> {
    const session = await this.tickets.redeem(ticket);
    if (!session?.actor) throw platformErrors.token_invalid();
    const ended = await this.authenticator.findEnded([session.actor]);
    if (ended.size > 0) throw platformErrors.token_invalid();
    return toAdmission(session);
  }

  private async findSession(actor: Actor | null, id: string | undefined): Promise<LiveSessionContext> {
    if (!actor) throw platformErrors.token_invalid();
    const session = await this.sessions.findActive(actor);
    if (session && (id === undefined || id.toLowerCase() === session.sessionId)) return session;
    if (id === undefined) throw liveErrors.live_session_not_found();
    const { end_reason } = await this.finder.find(actor, id);
    throw toEndedError(end_reason ?? 'silent', this.clock.now());
  }

  private async admitEmbed(
    token: string,
    { session_id, session_type = 'voice', language, voice }: LiveSocketQuery,
    origin: string | undefined,
  ): Promise<Admission> {
    if (session_id !== undefined) throw exclusive('session_id', 'integration_token');
    const grant = await this.integrationTokens.authenticate(token);
    if (!grant) throw platformErrors.token_invalid();
    if (origin !== grant.origin) throw liveErrors.origin_not_allowed();
    if (!grant.scopes.includes('live:use')) throw liveErrors.grant_scope_missing();
    const { jti, organizationId, createdBy: userId } = grant;
    const session = await this.sessions.startEmbedded(
      { jti, organizationId },
      { session_type, language: language ?? null, voice: voice ?? null },
    );
    const owner = { userId, organizationId, keyId: null, hasSecondFactor: false };
    return { session: { ...session, actor: null, owner }, organizationId, jti };
  }
}

/** Throws `insufficient_api_key_scope` when the session uses documents that the actor may not read. */
function toAdmission(session: LiveSessionContext): Admission {
  const { owner, organizationId, actor, useKnowledge } = session;
  if (useKnowledge && actor) requireScope(actor, 'rag:read');
  if (!owner) throw platformErrors.token_invalid();
  return { session: { ...session, owner }, organizationId, jti: null };
}

function exclusive(field: string, other: string): Error {
  return invalidField(field, 'exclusive', `cannot be sent together with ${other}`);
}
