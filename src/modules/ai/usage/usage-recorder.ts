import { Injectable } from '@nestjs/common';
import type { Owner } from '@/modules/organizations/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { TokenUsage } from '../models/language-model.js';
import { ReservationRepository } from './persistence/reservation.repository.js';
import type { UsageItem } from './persistence/usage-sql.js';
import { UsageRepository } from './persistence/usage.repository.js';
import { toMonth } from './usage.rules.js';

/** The tokens of one call to one model. */
export interface ModelCallUsage {
  provider: string;
  model: string;
  usage: TokenUsage;
}

/** The user, API key and organization that a call is recorded for. */
export type BillingOwner = Pick<Owner, 'userId' | 'keyId' | 'organizationId'>;

/** Records the usage of model calls, and releases the tokens that were reserved for them. */
@Injectable()
export class UsageRecorder {
  constructor(
    private readonly usage: UsageRepository,
    private readonly reservations: ReservationRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Records in the transaction of the caller. Without a transaction and a reservation, concurrent calls share one
   * statement.
   */
  async record(
    billingOwner: BillingOwner,
    reservationId: string | null,
    calls: readonly ModelCallUsage[],
  ): Promise<void> {
    const items = this.toUsageItems(billingOwner, calls);
    if (reservationId === null && !this.unitOfWork.inTransaction) {
      await Promise.all(items.map((item) => this.usage.insertBatched(item)));
      return;
    }
    await this.unitOfWork.run(async () => {
      if (reservationId !== null) await this.reservations.release(reservationId);
      await this.usage.insert(items);
    });
  }

  /** Returns the rows of the calls, for a statement that completes a generation and records its usage. */
  toUsageItems(
    { userId, keyId, organizationId }: BillingOwner,
    calls: readonly ModelCallUsage[],
  ): UsageItem[] {
    const month = toMonth(this.clock.now());
    return calls.map(({ provider, model, usage: { inputTokens, outputTokens } }) => {
      return { month, userId, keyId, organizationId, provider, model, inputTokens, outputTokens };
    });
  }
}
