import { Injectable } from '@nestjs/common';
import { LearnerState } from '@/modules/progress/ledger/persistence/learner-state.entity.js';
import {
  BOOSTER_MULTIPLIER,
  BOOSTER_PRICE,
  BOOSTER_SECONDS,
  FREEZE_PRICE,
  MAX_FREEZES,
} from '@/modules/progress/ledger/xp.rules.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';

const BUY_FREEZE = {
  name: 'learner_states.buy_freeze',
  text: `UPDATE learner_states SET tokens = tokens - $2, freezes = freezes + 1
         WHERE user_id = $1 AND tokens >= $2 AND freezes < $3 RETURNING tokens, freezes, freezes_used`,
};

const BUY_BOOSTER = {
  name: 'learner_states.buy_booster',
  text: `UPDATE learner_states SET tokens = tokens - $2, booster_multiplier = $4,
           booster_ends_at = greatest(coalesce(booster_ends_at, $3::timestamptz), $3::timestamptz) + make_interval(secs => $5)
         WHERE user_id = $1 AND tokens >= $2 RETURNING tokens, booster_ends_at`,
};

/** Spends tokens. Each purchase is one conditional update. */
@Injectable()
export class PurchaseRepository extends RepositoryBase<LearnerState> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, LearnerState);
  }

  /** Returns undefined without enough tokens, or with as many freezes as allowed. */
  buyFreeze(userId: string): Promise<Pick<LearnerState, 'tokens' | 'freezes' | 'freezes_used'> | undefined> {
    return this.one(BUY_FREEZE, [userId, FREEZE_PRICE, MAX_FREEZES]);
  }

  /** Extends an active booster. Returns undefined without enough tokens. */
  buyBooster(userId: string, now: Date): Promise<{ tokens: number; booster_ends_at: Date } | undefined> {
    return this.one(BUY_BOOSTER, [userId, BOOSTER_PRICE, now, BOOSTER_MULTIPLIER, BOOSTER_SECONDS]);
  }
}
