/** A calendar month in UTC. */
export interface Month {
  start: Date;
  /** The first instant of the next month. */
  end: Date;
}

/** Returns the month of an instant, in UTC. */
export function monthOf(instant: Date): Month {
  const [year, month] = [instant.getUTCFullYear(), instant.getUTCMonth()];
  return { start: new Date(Date.UTC(year, month, 1)), end: new Date(Date.UTC(year, month + 1, 1)) };
}

/** Returns whole seconds of a remaining time, rounded up; used time is rounded down, so both add up to the limit. */
export function toRemainingSeconds(milliseconds: number): number {
  return Math.max(0, Math.ceil(milliseconds / 1000));
}
