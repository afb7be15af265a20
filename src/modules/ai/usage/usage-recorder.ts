import { Injectable } from '@nestjs/common';
import type { Owner } from '@/modules/organizations/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { TokenUsage } from '../models/language-model.js';
import { ReservationRepository } from './persistence/reservation.repository.js';
import type { UsageItem } from './persistence/usage-sql.js';
import { UsageRepository } from './persistence/usage.repository.js';
import { toMonth } from './token-estimates.js';

/** Tokens that one call to one model took. */
export interface ModelCallUsage {
  provider: string;
  model: string;
  usage: TokenUsage;
}

/** Whose account calls go on. */
export type BillingOwner = Pick<Owner, 'userId' | 'keyId' | 'organizationId'>;

/** Writes down what calls took, and gives back what was set aside for them. */
@Injectable()
export class UsageRecorder {
  constructor(
    private readonly usage: UsageRepository,
    private readonly reservations: ReservationRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Together with other calls that end now; joins the caller's unit of work where there is one. */
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

  /** The same as rows, for a statement that settles a call without a reservation beside other things. */
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
