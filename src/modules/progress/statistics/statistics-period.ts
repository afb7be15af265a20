import { invalidField } from '@/platform/errors/index.js';
import { addDays, daysBetween } from '@/platform/kernel/dates.js';

export const DEFAULT_DAYS = 30;
export const MAX_DAYS = 366;

/** UTC days, the first and the last included. The previous period has as many days and ends the day before. */
export interface StatisticsPeriod {
  start: string;
  end: string;
  previousStart: string;
  previousEnd: string;
}

/**
 * Completes the dates of a query: without an end the period ends today, without a start it has DEFAULT_DAYS. Throws 400 when it
 * ends before it starts, or has more than MAX_DAYS.
 */
export function resolvePeriod(
  { start_date, end_date }: { start_date?: string; end_date?: string },
  today: string,
): StatisticsPeriod {
  const end = end_date ?? (start_date !== undefined && start_date > today ? start_date : today);
  const start = start_date ?? addDays(end, 1 - DEFAULT_DAYS);
  if (end < start) throw invalidField('end_date', 'order', 'must not be before start_date');
  const days = daysBetween(start, end) + 1;
  const field = end_date === undefined ? 'start_date' : 'end_date';
  if (days > MAX_DAYS) throw invalidField(field, 'period', `must make a period of at most ${MAX_DAYS} days`);
  return { start, end, previousStart: addDays(start, -days), previousEnd: addDays(start, -1) };
}

/** Returns the days from one date to another, both included. */
export function listDays(start: string, end: string): string[] {
  return Array.from({ length: daysBetween(start, end) + 1 }, (_, index) => addDays(start, index));
}
