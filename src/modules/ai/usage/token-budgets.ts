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
import type { ModelOptions } from '../models/model-options.js';
import type { RoutePlan } from '../routing/route-planner.js';
import { MIN_ANSWER_TOKENS } from '../routing/routing.rules.js';
import { ReservationRepository } from './persistence/reservation.repository.js';
import { maxInputTokens, startOfNextMonth, toMonth } from './usage.rules.js';

/** The tokens that one generation may use. */
export interface TokenReservation {
  /** Null without a token limit. */
  reservationId: string | null;
  /** Limit for the answer, in tokens; undefined without a token limit. */
  maxTokens: number | undefined;
}

export type TokenLimitSubject = 'user' | 'organization' | 'key';

export interface TokenLimit {
  kind: TokenLimitSubject;
  subject: string;
  limit: number;
}

const NO_RESERVATION: TokenReservation = { reservationId: null, maxTokens: undefined };
const MAX_ANSWER_TOKENS = 8_192;
/** Longer than the longest generation. */
const RESERVATION_LIFETIME = 15 * MINUTE;

/**
 * Reserves tokens before a call, so that concurrent calls cannot exceed a limit together. A call reserves the most it
 * can use, or what is left. Reservations of dead processes are released within seconds.
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

  /** Returns the configured limits that apply to the calls of this owner. */
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

  /**
   * Reserves tokens for a call with these messages and options. Reserves none without a limit, or when only the built-in provider
   * is asked. Throws 429 `ai_token_limit_reached`.
   */
  async reserve(
    owner: Owner,
    { candidates }: RoutePlan,
    messages: readonly ModelMessage[],
    options?: ModelOptions,
  ): Promise<TokenReservation> {
    const limits = this.limitsForOwner(owner);
    const isLocalOnly = candidates.every(({ provider }) => provider.id === LOCAL_PROVIDER);
    if (limits.length === 0 || isLocalOnly) return NO_RESERVATION;
    const reservation = await this.tryReserve(limits, maxInputTokens(messages, options));
    if ('exceededLimit' in reservation) throw this.toLimitError(reservation.exceededLimit);
    return reservation;
  }

  private tryReserve(
    limits: TokenLimit[],
    inputTokens: number,
  ): Promise<TokenReservation | { exceededLimit: TokenLimit }> {
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
      const exceededLimit = limits[remainders.indexOf(remaining)];
      if (exceededLimit && remaining < inputTokens + MIN_ANSWER_TOKENS) return { exceededLimit };
      const tokens = Math.min(remaining, inputTokens + MAX_ANSWER_TOKENS);
      const reservationId = newId();
      const expiresAt = this.clock.after(RESERVATION_LIFETIME);
      await this.reservations.reserve(reservationId, month, subjects, {
        tokens,
        expiresAt,
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
