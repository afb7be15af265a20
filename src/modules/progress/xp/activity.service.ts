import { Injectable } from '@nestjs/common';
import { addDays, weekday } from '@/platform/kernel/dates.js';
import { QuestsService } from '../quests/quests.service.js';
import { SettlementService } from '../streaks/settlement.service.js';
import {
  DailyQuestResponse,
  type DailyQuestsResponse,
  type LearningPulseResponse,
  type WeeklyActivityResponse,
} from './dto/activity.responses.js';
import { XpRepository } from './persistence/xp.repository.js';

const PULSE_DAYS = 365;
/** The XP with which the levels 2, 3 and 4 of the pulse begin; level 1 begins with the first XP. */
const PULSE_LEVELS: readonly number[] = [1, 10, 30, 60];

/** The XP of a learner by day, and the quests of today. */
@Injectable()
export class ActivityService {
  constructor(
    private readonly xp: XpRepository,
    private readonly quests: QuestsService,
    private readonly settlement: SettlementService,
  ) {}

  /** Returns the present week, from Sunday to Saturday. */
  async readWeek(userId: string): Promise<WeeklyActivityResponse> {
    const { today, timezone } = await this.settlement.refresh(userId);
    const week_start = addDays(today, -weekday(today));
    const week_end = addDays(week_start, 6);
    const days = await this.readDays(userId, week_start, 7);
    return {
      week_start,
      week_end,
      timezone,
      days,
      total_xp: sum(days),
      freeze_covered_dates: await this.xp.findFrozenDays(userId, week_start, week_end),
    };
  }

  async readPulse(userId: string): Promise<LearningPulseResponse> {
    const { today } = await this.settlement.refresh(userId);
    const days = await this.readDays(userId, addDays(today, 1 - PULSE_DAYS), PULSE_DAYS);
    return {
      days: days.map(({ date, xp }) => ({
        date,
        xp,
        level: PULSE_LEVELS.filter((least) => xp >= least).length,
      })),
      total_xp: sum(days),
      active_days: days.filter(({ xp }) => xp > 0).length,
    };
  }

  async readQuests(userId: string): Promise<DailyQuestsResponse> {
    const { today } = await this.settlement.refresh(userId);
    const quests = await this.quests.list(userId, today);
    return { date: today, quests: quests.map((quest) => DailyQuestResponse.from(quest)) };
  }

  private async readDays(
    userId: string,
    from: string,
    count: number,
  ): Promise<{ date: string; xp: number }[]> {
    const rows = await this.xp.findDays(userId, from, addDays(from, count - 1));
    const xpByDay = new Map(rows.map(({ day, xp }) => [day, xp]));
    return Array.from({ length: count }, (_, index) => {
      const date = addDays(from, index);
      return { date, xp: xpByDay.get(date) ?? 0 };
    });
  }
}

function sum(days: { xp: number }[]): number {
  return days.reduce((total, { xp }) => total + xp, 0);
}
