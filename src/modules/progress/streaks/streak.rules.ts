import { addDays, daysBetween } from '@/platform/kernel/dates.js';
import type { LearnerState } from '../ledger/persistence/learner-state.entity.js';
import type { UnsettledDay } from '../ledger/persistence/learner-state.repository.js';
import { DAILY_MINIMUM_XP } from '../ledger/xp.rules.js';

/** Learner-days after a missed day on which the streak can be earned back. */
const EARN_BACK_DAYS = 2;
const DAYS_BETWEEN_EARN_BACKS = 30;

type Streak = Pick<
  LearnerState,
  | 'current_streak'
  | 'longest_streak'
  | 'freezes'
  | 'freezes_used'
  | 'missed_day'
  | 'missed_streak'
  | 'restored_day'
>;

/** Returns whether the XP of a learner-day count it for the streak. */
export function countsForStreak(xp: number): boolean {
  return xp >= DAILY_MINIMUM_XP;
}

/**
 * Returns the effect of a learner-day that has ended. A day that counts, or did not fully exist, keeps the streak. A missed
 * day spends a freeze, and without one ends the streak.
 */
export function breakOrKeep(
  streak: Streak,
  { day, xp, partial }: UnsettledDay,
): { spendsFreeze: boolean; changes: Partial<LearnerState> } {
  if (countsForStreak(xp) || partial || streak.current_streak === 0)
    return { spendsFreeze: false, changes: {} };
  if (streak.freezes > 0)
    return {
      spendsFreeze: true,
      changes: { freezes: streak.freezes - 1, freezes_used: streak.freezes_used + 1 },
    };
  return {
    spendsFreeze: false,
    changes: { current_streak: 0, missed_day: day, missed_streak: streak.current_streak },
  };
}

/** Returns whether twice the usual minimum on this day restores the last streak. */
export function canEarnBack({ missed_day, missed_streak, restored_day }: Streak, day: string): boolean {
  if (missed_day === null || missed_streak === 0 || day > addDays(missed_day, EARN_BACK_DAYS)) return false;
  return restored_day === null || daysBetween(restored_day, day) >= DAYS_BETWEEN_EARN_BACKS;
}

/** Returns the changes of the streak when the XP of a learner-day grow. `restored` is the streak that was earned back. */
export function growStreak(
  streak: Streak,
  day: string,
  xp: { before: number; after: number },
): { restored: number; changes: Partial<LearnerState> } {
  const begins = !countsForStreak(xp.before) && countsForStreak(xp.after);
  const restores = xp.after >= 2 * DAILY_MINIMUM_XP && canEarnBack(streak, day);
  const restored = restores ? streak.missed_streak : 0;
  const current = streak.current_streak + (begins ? 1 : 0) + restored;
  return {
    restored,
    changes: {
      current_streak: current,
      longest_streak: Math.max(streak.longest_streak, current),
      ...(restores ? { missed_day: null, missed_streak: 0, restored_day: day } : {}),
    },
  };
}

export const DAY_STATES = [
  'counted',
  'frozen',
  'earned_back',
  'not_a_full_day',
  'missed',
  'open',
  'future',
  'before_start',
] as const;
export type DayState = (typeof DAY_STATES)[number];

export const DAY_EXPLANATIONS: Readonly<Record<DayState, string>> = {
  counted: 'You earned enough XP on this day, so it counts for your streak.',
  frozen: 'You missed this day. A freeze that you held kept your streak.',
  earned_back: 'You missed this day, and earned your streak back with twice the usual minimum soon after it.',
  not_a_full_day: 'This date did not fully exist in the time zones in which you were, so it is not missed.',
  missed: 'You missed this day and held no freeze.',
  open: 'This day has not ended. It counts as soon as you have earned enough XP.',
  future: 'This day has not begun.',
  before_start: 'This day is before your first XP.',
};

/** What is stored about a learner-day. */
export interface DayFacts {
  xp: number;
  first_day: string | null;
  frozen: boolean;
  earned_back: boolean;
  partial: boolean;
  timezone: string | null;
}

/** Returns what a learner-day meant for the streak. */
export function toDayState(day: string, today: string, facts: DayFacts): DayState {
  if (day > today) return 'future';
  if (countsForStreak(facts.xp)) return 'counted';
  if (facts.first_day === null || day < facts.first_day) return day === today ? 'open' : 'before_start';
  if (day === today) return 'open';
  if (facts.frozen) return 'frozen';
  if (facts.partial) return 'not_a_full_day';
  return facts.earned_back ? 'earned_back' : 'missed';
}
