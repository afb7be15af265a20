import { addDays } from '@/platform/kernel/dates.js';
import { countsForStreak } from '../streaks/streak.rules.js';

/** What the ledger and the zones say about the days of a learner. */
export interface StreakHistory {
  xpByDay: ReadonlyMap<string, number>;
  frozenDays: ReadonlySet<string>;
  partialDays: ReadonlySet<string>;
  /** The missed day that was earned back, by the day on which that happened. */
  earnedBack: ReadonlyMap<string, string>;
  /** The highest learner-day; the days before it have ended. */
  currentDay: string;
}

export interface ReplayedStreak {
  current_streak: number;
  longest_streak: number;
  last_active_day: string | null;
  missed_day: string | null;
  missed_streak: number;
  restored_day: string | null;
}

/** Walks through the days of a learner, and returns the streak at the end. */
export function replayStreak(history: StreakHistory): ReplayedStreak {
  const activeDays = [...history.xpByDay.keys()].sort();
  const streak: ReplayedStreak = {
    current_streak: 0,
    longest_streak: 0,
    last_active_day: activeDays.at(-1) ?? null,
    missed_day: null,
    missed_streak: 0,
    restored_day: null,
  };
  const first = activeDays[0];
  if (first === undefined) return streak;
  for (let day = first; day <= history.currentDay; day = addDays(day, 1)) applyDay(streak, day, history);
  return streak;
}

function applyDay(streak: ReplayedStreak, day: string, history: StreakHistory): void {
  if (countsForStreak(history.xpByDay.get(day) ?? 0)) streak.current_streak += 1;
  else if (isMissed(day, history) && streak.current_streak > 0) {
    streak.missed_day = day;
    streak.missed_streak = streak.current_streak;
    streak.current_streak = 0;
  }
  if (history.earnedBack.has(day)) {
    streak.current_streak += streak.missed_streak;
    streak.missed_day = null;
    streak.missed_streak = 0;
    streak.restored_day = day;
  }
  streak.longest_streak = Math.max(streak.longest_streak, streak.current_streak);
}

function isMissed(day: string, { currentDay, frozenDays, partialDays }: StreakHistory): boolean {
  return day < currentDay && !frozenDays.has(day) && !partialDays.has(day);
}
