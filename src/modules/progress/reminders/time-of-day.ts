/** 18:00. */
export const DEFAULT_MINUTE = 18 * 60;

export const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/;

/** Returns the minutes since midnight of a time such as `18:30`. */
export function parseTimeOfDay(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** Returns a time such as `18:30`. */
export function formatTimeOfDay(minute: number): string {
  const pad = (value: number): string => String(value).padStart(2, '0');
  return `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;
}
