/** Dates without a time zone, in the form `2026-11-27`. */

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Returns whether the text is an existing date of the years 1900 to 9998. */
export function isDate(text: string): boolean {
  if (!DATE.test(text) || text < '1900-01-01' || text > '9998-12-31') return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** Returns the date of an instant in UTC. */
export function toUtcDay(at: Date): string {
  return at.toISOString().slice(0, 10);
}

/** Returns the date so many days later; negative numbers are earlier. */
export function addDays(date: string, days: number): string {
  const result = new Date(`${date}T00:00:00Z`);
  result.setUTCDate(result.getUTCDate() + days);
  return result.toISOString().slice(0, 10);
}

/** Returns the days from one date to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

/** Returns 0 for a Sunday to 6 for a Saturday. */
export function weekday(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay();
}
