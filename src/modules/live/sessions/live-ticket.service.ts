import { Injectable } from '@nestjs/common';
import type { Actor } from '@/platform/access/index.js';
import { SecretBox } from '@/platform/crypto/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { randomId } from '@/platform/kernel/ids.js';
import { type LiveSessionContext, toLiveSessionContext } from './live-session-context.js';
import { LiveSessionRepository } from './persistence/live-session.repository.js';
import { LiveTicketRepository } from './persistence/live-ticket.repository.js';
import { PracticeModuleRegistry } from './practice-module.registry.js';

const TICKET_SECONDS = 60;
const PURPOSE = 'live-ticket';
const MAX_TICKET_LENGTH = 4_096;

/** The encrypted content of a ticket. */
interface Ticket {
  id: string;
  sessionId: string;
  expiresAt: number;
  actor: Actor;
}

/**
 * Tickets open the socket of a session in a browser, which cannot send headers there. A ticket is encrypted and authenticated, so
 * the server stores only that it was used.
 */
@Injectable()
export class LiveTicketService {
  constructor(
    private readonly tickets: LiveTicketRepository,
    private readonly sessions: LiveSessionRepository,
    private readonly practiceModules: PracticeModuleRegistry,
    private readonly box: SecretBox,
    private readonly clock: Clock,
  ) {}

  /** Returns a ticket for a session of this actor. It is valid for 60 seconds and for one socket. */
  issue(sessionId: string, { organization: _, ...actor }: Actor): string {
    const expiresAt = this.clock.millis() + TICKET_SECONDS * 1000;
    const ticket: Ticket = { id: randomId(), sessionId, expiresAt, actor };
    return this.box.seal(PURPOSE, JSON.stringify(ticket)).toString('base64url');
  }

  /**
   * Returns the context of the session, or null for a ticket that is not valid, has expired or was redeemed before, and for a
   * session that has ended. Of parallel calls with one ticket, exactly one gets the context.
   */
  async redeem(value: string): Promise<LiveSessionContext | null> {
    const ticket = this.open(value);
    if (!ticket || ticket.expiresAt <= this.clock.millis()) return null;
    if (!(await this.tickets.redeem(ticket.id, new Date(ticket.expiresAt)))) return null;
    const session = await this.sessions.find(ticket.sessionId);
    if (!session || session.ended_at !== null || session.lease_until < this.clock.now()) return null;
    return toLiveSessionContext(session, ticket.actor, this.practiceModules.find(session.module_id));
  }

  private open(value: string): Ticket | null {
    if (value.length > MAX_TICKET_LENGTH) return null;
    try {
      const text = this.box.open(PURPOSE, Buffer.from(value, 'base64url'));
      return JSON.parse(text, reviveDates) as Ticket;
    } catch {
      return null;
    }
  }
}

const DATE_FIELDS = ['passwordAt', 'secondFactorAt'];

function reviveDates(key: string, value: unknown): unknown {
  return DATE_FIELDS.includes(key) && typeof value === 'string' ? new Date(value) : value;
}
