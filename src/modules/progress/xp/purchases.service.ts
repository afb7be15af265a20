import { Injectable } from '@nestjs/common';
import { Clock } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { LedgerRepository, type NewLedgerEntry } from '../ledger/persistence/ledger.repository.js';
import {
  BOOSTER_MULTIPLIER,
  BOOSTER_PRICE,
  BOOSTER_SECONDS,
  FREEZE_PRICE,
  MAX_FREEZES,
} from '../ledger/xp.rules.js';
import { progressErrors } from '../progress.errors.js';
import { SettlementService } from '../streaks/settlement.service.js';
import type { BoosterPurchaseResponse, FreezePurchaseResponse } from './dto/purchase.responses.js';
import { PurchaseRepository } from './persistence/purchase.repository.js';

/** Sells freezes and boosters for tokens. */
@Injectable()
export class PurchasesService {
  constructor(
    private readonly purchases: PurchaseRepository,
    private readonly settlement: SettlementService,
    private readonly ledger: LedgerRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Throws `freeze_limit_reached`, `tokens_insufficient`. A freeze does not cover a day that has already ended. */
  buyFreeze(userId: string): Promise<FreezePurchaseResponse> {
    return this.unitOfWork.run(async () => {
      const now = this.clock.now();
      const state = await this.settlement.settle(userId, now);
      const bought = await this.purchases.buyFreeze(userId);
      if (!bought && state.freezes >= MAX_FREEZES)
        throw progressErrors.freeze_limit_reached({ data: { limit: MAX_FREEZES } });
      if (!bought) throw insufficient(FREEZE_PRICE, state.tokens);
      const source = newId();
      await this.append(userId, state.today, now, [
        { rule: 'freeze.bought', source, currency: 'freeze', amount: 1 },
        { rule: 'freeze.paid', source, currency: 'token', amount: -FREEZE_PRICE },
      ]);
      const { tokens, freezes, freezes_used } = bought;
      return { freezes_available: freezes, freezes_used, token_balance: tokens };
    });
  }

  /** Throws `tokens_insufficient`. */
  buyBooster(userId: string): Promise<BoosterPurchaseResponse> {
    return this.unitOfWork.run(async () => {
      const now = this.clock.now();
      const state = await this.settlement.settle(userId, now);
      const bought = await this.purchases.buyBooster(userId, now);
      if (!bought) throw insufficient(BOOSTER_PRICE, state.tokens);
      const source = newId();
      const data = { multiplier: BOOSTER_MULTIPLIER };
      await this.append(userId, state.today, now, [
        { rule: 'booster.bought', source, currency: 'booster', amount: BOOSTER_SECONDS, data },
        { rule: 'booster.paid', source, currency: 'token', amount: -BOOSTER_PRICE },
      ]);
      const active_booster = {
        multiplier: BOOSTER_MULTIPLIER,
        ends_at: bought.booster_ends_at.toISOString(),
      };
      return { active_booster, token_balance: bought.tokens };
    });
  }

  private async append(userId: string, day: string, now: Date, entries: NewLedgerEntry[]): Promise<void> {
    for (const entry of entries) await this.ledger.append(userId, day, now, entry);
  }
}

function insufficient(price: number, balance: number): Error {
  return progressErrors.tokens_insufficient({ data: { price, token_balance: balance } });
}
