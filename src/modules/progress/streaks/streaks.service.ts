import { Injectable } from '@nestjs/common';
import { DAILY_MINIMUM_XP } from '../ledger/xp.rules.js';
import type { StreakDayResponse, StreakStatusResponse } from './dto/streak.responses.js';
import { StreakDayRepository } from './persistence/streak-day.repository.js';
import { SettlementService } from './settlement.service.js';
import { countsForStreak, DAY_EXPLANATIONS, toDayState } from './streak.rules.js';

/** The streak of a learner, and what each day meant for it. */
@Injectable()
export class StreaksService {
  constructor(
    private readonly settlement: SettlementService,
    private readonly days: StreakDayRepository,
  ) {}

  async readStatus(userId: string): Promise<StreakStatusResponse> {
    const state = await this.settlement.refresh(userId);
    const { xp, partial } = await this.days.findFacts(userId, state.today);
    const isSafe = countsForStreak(xp) || partial || state.freezes > 0;
    return {
      current_streak: state.current_streak,
      longest_streak: state.longest_streak,
      freezes_available: state.freezes,
      freezes_used: state.freezes_used,
      last_activity: state.last_active_day,
      streak_at_risk: state.current_streak > 0 && !isSafe,
    };
  }

  /** Explains a learner-day; by default today. */
  async explain(userId: string, requested: string | undefined): Promise<StreakDayResponse> {
    const state = await this.settlement.refresh(userId);
    const date = requested ?? state.today;
    const facts = await this.days.findFacts(userId, date);
    const status = toDayState(date, state.today, facts);
    return {
      date,
      status,
      explanation: DAY_EXPLANATIONS[status],
      xp: facts.xp,
      minimum_xp: DAILY_MINIMUM_XP,
      timezone: facts.timezone ?? state.timezone,
    };
  }
}
