/** Returns the first day of the month of an instant, UTC: `2026-11-01`. */
export function toMonth(instant: Date): string {
  return `${instant.toISOString().slice(0, 7)}-01`;
}

/** Returns the first instant after a month that is given as its first day. */
export function startOfNextMonth(month: string): Date {
  const [year = 0, ordinal = 0] = month.split('-').map(Number);
  return new Date(Date.UTC(year, ordinal, 1));
}
