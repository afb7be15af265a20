import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Owner } from '@/modules/organizations/index.js';
import { Nodes } from '@/platform/cluster/index.js';
import { Config, LOCAL } from '@/platform/config/index.js';
import { Clock, secondsUntil } from '@/platform/kernel/clock.js';
import { MINUTE } from '@/platform/kernel/durations.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { aiErrors } from '../ai.errors.js';
import type { ModelMessage } from '../models/language-model.js';
import type { Plan } from '../routing/route-planner.js';
import { ReservationRepository } from './persistence/reservation.repository.js';
import { endOfMonth, monthOf, mostInputTokens } from './token-estimates.js';

/** What one call may use. Without a limit nothing is set aside. */
export interface Budget {
  reservationId: string | null;
  /** How long the answer may be; undefined: as long as the provider lets it. */
  maxTokens: number | undefined;
}

export type Kind = 'user' | 'organization' | 'key';

export interface Limit {
  kind: Kind;
  subject: string;
  limit: number;
}

const UNLIMITED: Budget = { reservationId: null, maxTokens: undefined };
/** An answer that is cut shorter than this, in tokens, is of no use to anybody. */
export const LEAST_ANSWER = 16;
const MOST_ANSWER = 8_192;
/** Longer than any call takes. */
const RESERVED_FOR = 15 * MINUTE;

/**
 * Sets tokens aside before a call, so that calls at the same moment cannot pass the limit together: at most what the
 * call can use, and what is left where that is less. What a dead process had set aside is given back within seconds.
 */
@Injectable()
export class Budgets implements OnModuleInit {
  constructor(
    private readonly reservations: ReservationRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly nodes: Nodes,
  ) {}

  onModuleInit(): void {
    this.nodes.heir(() => this.reservations.reclaim(this.clock.now()));
  }

  /** The limits that hold for calls of this owner. */
  limitsOf({ userId, organizationId, keyId }: Owner): Limit[] {
    return this.limits([
      ['user', userId],
      ['organization', organizationId],
      ['key', keyId],
    ]);
  }

  limitsOfOrganization(organizationId: OrganizationId): Limit[] {
    return this.limits([['organization', organizationId]]);
  }

  private limits(subjects: [Kind, string | null][]): Limit[] {
    const { monthlyTokens } = this.config.ai;
    return subjects.flatMap(([kind, subject]) => {
      const limit = monthlyTokens[kind];
      return limit === undefined || subject === null ? [] : [{ kind, subject, limit }];
    });
  }

  /** Throws 429 `ai_token_limit_reached`. What only `local` is asked costs nothing. */
  async reserve(owner: Owner, { candidates }: Plan, messages: readonly ModelMessage[]): Promise<Budget> {
    const limits = this.limitsOf(owner);
    const free = candidates.every(({ provider }) => provider.id === LOCAL);
    if (limits.length === 0 || free) return UNLIMITED;
    const budget = await this.attempt(limits, mostInputTokens(messages));
    if ('lacking' in budget) throw this.refusal(budget.lacking);
    return budget;
  }

  private attempt(limits: Limit[], input: number): Promise<Budget | { lacking: Limit }> {
    const month = monthOf(this.clock.now());
    const subjects = limits.map(({ subject }) => subject);
    return this.unitOfWork.run(async () => {
      const rows = new Map((await this.reservations.lock(month, subjects)).map((row) => [row.subject, row]));
      const rooms = limits.map(({ subject, limit }) => {
        const { used = 0, reserved = 0 } = rows.get(subject) ?? {};
        return limit - used - reserved;
      });
      const room = Math.min(...rooms);
      const lacking = limits[rooms.indexOf(room)];
      if (lacking && room < input + LEAST_ANSWER) return { lacking };
      const tokens = Math.min(room, input + MOST_ANSWER);
      const reservationId = newId();
      const until = this.clock.after(RESERVED_FOR);
      await this.reservations.reserve(reservationId, month, subjects, {
        tokens,
        until,
        nodeId: this.nodes.id,
      });
      return { reservationId, maxTokens: tokens - input };
    });
  }

  private refusal({ kind, limit }: Limit): Error {
    const now = this.clock.now();
    const resetsAt = endOfMonth(monthOf(now));
    return aiErrors.ai_token_limit_reached({
      facts: { subject: kind, limit_tokens: limit, resets_at: resetsAt.toISOString() },
      retryAfter: secondsUntil(resetsAt, now),
    });
  }
}
