import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { Clock } from '@/platform/kernel/clock.js';
import { addDays } from '@/platform/kernel/dates.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { LearnerState } from '../ledger/persistence/learner-state.entity.js';
import { LearnerStateRepository } from '../ledger/persistence/learner-state.repository.js';
import { MemberDayRepository } from '../member-days/persistence/member-day.repository.js';
import { type LedgerDay, type LedgerMark, RebuildRepository } from './persistence/rebuild.repository.js';
import { replayStreak } from './streak-replay.js';

const LEARNERS_PER_PAGE = 200;

/** A derived value that was not what the ledger says. */
export interface RebuildDifference {
  user_id: string;
  field: string;
  stored: unknown;
  rebuilt: unknown;
}

/** Computes the derived tables from the ledger and the events. It never awards: the ledger itself does not change. */
@Injectable()
export class ProgressRebuildService {
  constructor(
    private readonly rebuilds: RebuildRepository,
    private readonly states: LearnerStateRepository,
    private readonly memberDays: MemberDayRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Rebuilds all learners, and yields the differences. */
  async *rebuildAll(): AsyncGenerator<RebuildDifference> {
    let after: string | null = null;
    for (;;) {
      const ids = await this.rebuilds.listLearners(after, LEARNERS_PER_PAGE);
      for (const id of ids) yield* await this.rebuild(id);
      if (ids.length < LEARNERS_PER_PAGE) return;
      after = ids.at(-1) ?? null;
    }
  }

  /** Rebuilds one learner under the lock of their state, and returns what was different. */
  rebuild(userId: string): Promise<RebuildDifference[]> {
    return this.unitOfWork.run(async () => {
      await this.rebuilds.restoreState(userId);
      const stored = await this.states.lock(userId, this.clock.now());
      const days = await this.rebuilds.findDays(userId);
      const rebuilt = await this.computeState(userId, days, stored.booster_multiplier);
      const differences = Object.entries(rebuilt).flatMap(([field, value]) => {
        const before = stored[field as keyof LearnerState];
        return isDeepStrictEqual(before, value)
          ? []
          : [{ user_id: userId, field, stored: before, rebuilt: value }];
      });
      const storedDays = await this.rebuilds.findStoredDays(userId);
      if (!isDeepStrictEqual(storedDays, days)) {
        differences.push({
          user_id: userId,
          field: 'learner_days',
          stored: storedDays,
          rebuilt: days,
        } as never);
        await this.rebuilds.replaceDays(userId, days);
      }
      if (differences.length > 0) await this.states.update(userId, rebuilt);
      return [...differences, ...(await this.rebuildMemberDays(userId))];
    });
  }

  /** Computes what organizations see of the learner from the events and their XP. */
  private async rebuildMemberDays(userId: string): Promise<RebuildDifference[]> {
    const differences = await this.memberDays.findDifferences(userId);
    if (differences.length > 0) await this.memberDays.rebuild(userId);
    return differences.map((difference) => ({ user_id: userId, field: 'member_days', ...difference }));
  }

  private async computeState(
    userId: string,
    days: LedgerDay[],
    multiplier: number,
  ): Promise<Partial<LearnerState>> {
    const totals = await this.rebuilds.findTotals(userId);
    const marks = await this.rebuilds.findMarks(userId);
    const currentDay = totals?.current_day ?? '';
    const first = days[0]?.day;
    const partialDays =
      first === undefined ? [] : await this.rebuilds.findPartialDays(userId, first, currentDay);
    const earnedBack = marks.filter(({ rule }) => rule === 'streak.restored');
    const streak = replayStreak({
      xpByDay: new Map(days.map(({ day, xp }) => [day, xp])),
      frozenDays: new Set(marks.filter(({ rule }) => rule === 'freeze.spent').map(({ source }) => source)),
      partialDays: new Set(partialDays),
      earnedBack: new Map(earnedBack.map(({ day, source }) => [day, source])),
      currentDay,
    });
    return {
      ...totals,
      ...streak,
      settled_day: addDays(currentDay, -1),
      ...toBooster(marks, multiplier),
    };
  }
}

/** A booster that is bought while another one is active extends it. */
function toBooster(
  marks: LedgerMark[],
  multiplier: number,
): Pick<LearnerState, 'booster_multiplier' | 'booster_ends_at'> {
  let endsAt: Date | null = null;
  let last = multiplier;
  for (const { rule, amount, created_at, data } of marks) {
    if (rule !== 'booster.bought') continue;
    const begins: number = Math.max(created_at.getTime(), endsAt?.getTime() ?? 0);
    endsAt = new Date(begins + amount * 1000);
    last = data.multiplier ?? last;
  }
  return { booster_multiplier: last, booster_ends_at: endsAt };
}
