import { fsrs, createEmptyCard, Rating, State, type CardInput, type Grade } from 'ts-fsrs';
import { addDays, daysBetween } from '@/platform/kernel/dates.js';

/** How well a learner knew an item, from worst to best. */
export const RATINGS = ['again', 'hard', 'good', 'easy'] as const;
export type ReviewRating = (typeof RATINGS)[number];

/** The memory state of an item, and the learner-days of its last and its next review. */
export interface Schedule {
  stability: number;
  difficulty: number;
  reps: number;
  lapses: number;
  last_day: string;
  due_day: string;
}

const GRADES: Readonly<Record<ReviewRating, Grade>> = {
  again: Rating.Again,
  hard: Rating.Hard,
  good: Rating.Good,
  easy: Rating.Easy,
};

/** An error that is known well comes back once a year. */
const MAXIMUM_DAYS = 365;

/** Without steps within a day, so that the next review is never on the same day. */
const scheduler = fsrs({ enable_short_term: false, enable_fuzz: false, maximum_interval: MAXIMUM_DAYS });

/** Returns the number of a rating in the log, from 1 to 4. */
export function toRatingNumber(rating: ReviewRating): number {
  return GRADES[rating];
}

/** Returns the schedule of an error that is made for the first time: it counts as a forgotten item. */
export function scheduleFirst(today: string): Schedule {
  return toSchedule(scheduler.next(createEmptyCard(toDate(today)), toDate(today), Rating.Again).card, today);
}

/** Returns the schedule after a review on a learner-day after the last one. */
export function scheduleNext(schedule: Schedule, today: string, rating: ReviewRating): Schedule {
  return toSchedule(scheduler.next(toCard(schedule), toDate(today), GRADES[rating]).card, today);
}

/** Returns the schedule after the error was made again: it is forgotten, but counts once a day. */
export function scheduleRepeatedError(schedule: Schedule, today: string): Schedule {
  if (today > schedule.last_day) return scheduleNext(schedule, today, 'again');
  const tomorrow = addDays(schedule.last_day, 1);
  return schedule.due_day > tomorrow ? { ...schedule, due_day: tomorrow } : schedule;
}

/** The scheduler counts calendar days in UTC, so a learner-day is its midnight in UTC. */
function toDate(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}

function toCard({ stability, difficulty, reps, lapses, last_day, due_day }: Schedule): CardInput {
  return {
    due: toDate(due_day),
    last_review: toDate(last_day),
    stability,
    difficulty,
    reps,
    lapses,
    state: State.Review,
    elapsed_days: 0,
    scheduled_days: daysBetween(last_day, due_day),
    learning_steps: 0,
  };
}

function toSchedule(
  { stability, difficulty, reps, lapses, scheduled_days }: Omit<CardInput, 'state'>,
  today: string,
): Schedule {
  const due_day = addDays(today, Math.min(Math.max(1, scheduled_days), MAXIMUM_DAYS));
  return { stability, difficulty, reps, lapses, last_day: today, due_day };
}
