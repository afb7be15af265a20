import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Owner } from '@/modules/organizations/index.js';
import { ClusterNodes } from '@/platform/cluster/index.js';
import { Config, LOCAL_PROVIDER } from '@/platform/config/index.js';
import { Clock, secondsUntil } from '@/platform/kernel/clock.js';
import { MINUTE } from '@/platform/kernel/durations.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { aiErrors } from '../ai.errors.js';
import type { ModelMessage } from '../models/language-model.js';
import type { RoutePlan } from '../routing/route-planner.js';
import { ReservationRepository } from './persistence/reservation.repository.js';
import { startOfNextMonth, toMonth, maxInputTokens } from './token-estimates.js';

/** What one call may use. Without a limit nothing is set aside. */
export interface TokenReservation {
  reservationId: string | null;
  /** How long the answer may be; undefined: as long as the provider lets it. */
  maxTokens: number | undefined;
}

export type TokenLimitSubject = 'user' | 'organization' | 'key';

export interface TokenLimit {
  kind: TokenLimitSubject;
  subject: string;
  limit: number;
}

const NO_RESERVATION: TokenReservation = { reservationId: null, maxTokens: undefined };
/** An answer that is cut shorter than this, in tokens, is of no use to anybody. */
export const MIN_ANSWER_TOKENS = 16;
const MAX_ANSWER_TOKENS = 8_192;
/** Longer than any call takes. */
const RESERVATION_LIFETIME = 15 * MINUTE;

/**
 * Sets tokens aside before a call, so that calls at the same moment cannot pass the limit together: at most what the
 * call can use, and what is left where that is less. What a dead process had set aside is given back within seconds.
 */
@Injectable()
export class TokenBudgets implements OnModuleInit {
  constructor(
    private readonly reservations: ReservationRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly clusterNodes: ClusterNodes,
  ) {}

  onModuleInit(): void {
    this.clusterNodes.onOrphanedWork(() => this.reservations.releaseExpired(this.clock.now()));
  }

  /** The limits that hold for calls of this owner. */
  limitsForOwner({ userId, organizationId, keyId }: Owner): TokenLimit[] {
    return this.toLimits([
      ['user', userId],
      ['organization', organizationId],
      ['key', keyId],
    ]);
  }

  limitsForOrganization(organizationId: OrganizationId): TokenLimit[] {
    return this.toLimits([['organization', organizationId]]);
  }

  private toLimits(subjects: [TokenLimitSubject, string | null][]): TokenLimit[] {
    const { monthlyTokens } = this.config.ai;
    return subjects.flatMap(([kind, subject]) => {
      const limit = monthlyTokens[kind];
      return limit === undefined || subject === null ? [] : [{ kind, subject, limit }];
    });
  }

  /** Throws 429 `ai_token_limit_reached`. What only `local` is asked costs nothing. */
  async reserve(
    owner: Owner,
    { candidates }: RoutePlan,
    messages: readonly ModelMessage[],
  ): Promise<TokenReservation> {
    const limits = this.limitsForOwner(owner);
    const isLocalOnly = candidates.every(({ provider }) => provider.id === LOCAL_PROVIDER);
    if (limits.length === 0 || isLocalOnly) return NO_RESERVATION;
    const reservation = await this.tryReserve(limits, maxInputTokens(messages));
    if ('lacking' in reservation) throw this.toLimitError(reservation.lacking);
    return reservation;
  }

  private tryReserve(
    limits: TokenLimit[],
    inputTokens: number,
  ): Promise<TokenReservation | { lacking: TokenLimit }> {
    const month = toMonth(this.clock.now());
    const subjects = limits.map(({ subject }) => subject);
    return this.unitOfWork.run(async () => {
      const rows = new Map(
        (await this.reservations.lockCounters(month, subjects)).map((row) => [row.subject, row]),
      );
      const remainders = limits.map(({ subject, limit }) => {
        const { used = 0, reserved = 0 } = rows.get(subject) ?? {};
        return limit - used - reserved;
      });
      const remaining = Math.min(...remainders);
      const lacking = limits[remainders.indexOf(remaining)];
      if (lacking && remaining < inputTokens + MIN_ANSWER_TOKENS) return { lacking };
      const tokens = Math.min(remaining, inputTokens + MAX_ANSWER_TOKENS);
      const reservationId = newId();
      const expiresAt = this.clock.after(RESERVATION_LIFETIME);
      await this.reservations.reserve(reservationId, month, subjects, {
        tokens,
        until: expiresAt,
        nodeId: this.clusterNodes.nodeId,
      });
      return { reservationId, maxTokens: tokens - inputTokens };
    });
  }

  private toLimitError({ kind, limit }: TokenLimit): Error {
    const now = this.clock.now();
    const resetsAt = startOfNextMonth(toMonth(now));
    return aiErrors.ai_token_limit_reached({
      data: { subject: kind, limit_tokens: limit, resets_at: resetsAt.toISOString() },
      retryAfter: secondsUntil(resetsAt, now),
    });
  }
}
