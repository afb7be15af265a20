const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/i;

/** Parses ISO-8601 with an offset. Returns null for other formats and for dates that do not exist. */
export function parseTimestamp(text: string): Date | null {
  if (!TIMESTAMP.test(text)) return null;
  const [, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number);
  const daysOfMonth = new Date(Date.UTC(Number(text.slice(0, 4)), month, 0)).getUTCDate();
  const timestamp = new Date(text);
  return day <= daysOfMonth && !Number.isNaN(timestamp.getTime()) ? timestamp : null;
}
