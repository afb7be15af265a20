import { Injectable } from '@nestjs/common';
import { Clock } from '@/platform/kernel/clock.js';
import { addDays } from '@/platform/kernel/dates.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { LearnerState } from '../ledger/persistence/learner-state.entity.js';
import {
  type LearnerStateAt,
  LearnerStateRepository,
  MAX_UNSETTLED_DAYS,
  type UnsettledDay,
} from '../ledger/persistence/learner-state.repository.js';
import { LedgerRepository } from '../ledger/persistence/ledger.repository.js';
import { breakOrKeep } from './streak.rules.js';

type BeforeSettling = (userId: string) => Promise<void>;

/**
 * Applies the end of learner-days: a missed day spends a freeze or ends the streak. It happens when the learner is next looked
 * at; the lock of the state makes each day count once.
 */
@Injectable()
export class SettlementService {
  private readonly preparations: BeforeSettling[] = [];

  constructor(
    private readonly states: LearnerStateRepository,
    private readonly ledger: LedgerRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Registers work that may still record deeds of days that have ended, such as closing sessions that were left open. */
  beforeSettling(preparation: BeforeSettling): void {
    this.preparations.push(preparation);
  }

  /** Returns the present state of a learner, with the effects of all days that have ended. */
  async refresh(userId: string): Promise<LearnerStateAt> {
    for (const prepare of this.preparations) await prepare(userId);
    const now = this.clock.now();
    const state = await this.states.find(userId, now);
    if (state && isSettled(state)) return state;
    return this.unitOfWork.run(() => this.settle(userId, now));
  }

  /** Locks the learner and settles the days before `now`. Runs in the transaction of the caller. */
  async settle(userId: string, now: Date): Promise<LearnerStateAt> {
    const state = await this.settleDays(userId, now);
    if (!mayChangeZone(state)) return state;
    if (state.has_events) await this.states.changeZone(userId, state.profile_timezone, now);
    else await this.states.deleteUnused(userId);
    return this.states.lock(userId, now);
  }

  /** Like `settle`, without a change of the zone: for deeds that are recorded later. */
  async settleDays(userId: string, at: Date): Promise<LearnerStateAt> {
    let state = await this.states.lock(userId, at);
    for (;;) {
      const days = await this.findUnsettledDays(state);
      const changes = await this.applyDays(state, days, at);
      const isComplete = days.length < MAX_UNSETTLED_DAYS || changes.current_streak === 0;
      const { today } = state;
      const settled = isComplete ? { current_day: today, settled_day: addDays(today, -1) } : changes;
      if (!isSettledAt(state)) await this.states.update(userId, { ...changes, ...settled });
      state = { ...state, ...changes, ...settled };
      if (isComplete) return state;
    }
  }

  private async findUnsettledDays(state: LearnerStateAt): Promise<UnsettledDay[]> {
    if (state.current_streak === 0 || isSettledAt(state)) return [];
    return this.states.findUnsettledDays(state.user_id, state.settled_day, state.today);
  }

  /** Returns the changes of the state by days that have ended, and writes the freezes that they spend. */
  private async applyDays(
    state: LearnerStateAt,
    days: UnsettledDay[],
    at: Date,
  ): Promise<Partial<LearnerState>> {
    let changes: Partial<LearnerState> = {};
    for (const day of days) {
      const effect = breakOrKeep({ ...state, ...changes }, day);
      if (effect.spendsFreeze)
        await this.ledger.append(state.user_id, day.day, at, {
          rule: 'freeze.spent',
          source: day.day,
          currency: 'freeze',
          amount: -1,
        });
      changes = { ...changes, ...effect.changes, settled_day: day.day };
      if (changes.current_streak === 0) break;
    }
    return changes;
  }
}

function isSettledAt({ settled_day, current_day, today }: LearnerStateAt): boolean {
  return current_day === today && settled_day === addDays(today, -1);
}

function isSettled(state: LearnerStateAt): boolean {
  return isSettledAt(state) && !mayChangeZone(state);
}

function mayChangeZone({ timezone, profile_timezone, zone_changed_day, today }: LearnerStateAt): boolean {
  return timezone !== profile_timezone && zone_changed_day !== today;
}
