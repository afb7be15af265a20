import { Injectable } from '@nestjs/common';
import {
  LearnerStateRepository,
  type LearnerStateAt,
} from '../ledger/persistence/learner-state.repository.js';
import type { RecordedEvent } from '../ledger/persistence/learning-event.repository.js';
import type { XpCategory } from '../ledger/persistence/ledger-entry.entity.js';
import { LedgerRepository } from '../ledger/persistence/ledger.repository.js';
import { growStreak } from '../streaks/streak.rules.js';

export interface Award {
  rule: string;
  source: string;
  /** Without a booster. */
  xp: number;
  tokens: number;
  category: XpCategory;
}

/** Pays XP and tokens, and keeps the totals and the streak of the learner. */
@Injectable()
export class LearnerAwards {
  constructor(
    private readonly states: LearnerStateRepository,
    private readonly ledger: LedgerRepository,
  ) {}

  /** Returns the XP that the award has paid, with a booster. The caller has locked the learner. */
  async pay(userId: string, { learner_day: day }: RecordedEvent, now: Date, award: Award): Promise<number> {
    const state = await this.states.lock(userId, now);
    const xp = await this.payXp(state, day, now, award);
    const tokens = await this.payTokens(userId, day, now, award);
    const totals = {
      has_events: true,
      current_day: day,
      total_xp: state.total_xp + xp,
      tokens: state.tokens + tokens,
    };
    const streak = xp > 0 ? await this.growStreak(state, day, now, award.category, xp) : {};
    await this.states.update(userId, { ...totals, ...streak });
    return xp;
  }

  private async payXp(state: LearnerStateAt, day: string, now: Date, award: Award): Promise<number> {
    const { rule, source, xp: base, category } = award;
    if (base === 0) return 0;
    const isBoosted = state.booster_ends_at !== null && state.booster_ends_at > now;
    const amount = isBoosted ? base * state.booster_multiplier : base;
    const entry = { rule, source, currency: 'xp', amount, baseAmount: base, category } as const;
    return (await this.ledger.append(state.user_id, day, now, entry)) ? amount : 0;
  }

  private async payTokens(userId: string, day: string, now: Date, award: Award): Promise<number> {
    const { rule, source, tokens: amount } = award;
    if (amount === 0) return 0;
    const entry = { rule: `${rule}.tokens`, source, currency: 'token', amount } as const;
    return (await this.ledger.append(userId, day, now, entry)) ? amount : 0;
  }

  private async growStreak(
    state: LearnerStateAt,
    day: string,
    now: Date,
    category: XpCategory,
    xp: number,
  ): Promise<object> {
    const after = await this.ledger.addToDay(state.user_id, day, category, xp);
    const { restored, changes } = growStreak(state, day, { before: after - xp, after });
    if (restored > 0 && state.missed_day !== null)
      await this.ledger.append(state.user_id, day, now, {
        rule: 'streak.restored',
        source: state.missed_day,
        currency: 'streak',
        amount: restored,
      });
    return { last_active_day: day, ...changes };
  }
}
