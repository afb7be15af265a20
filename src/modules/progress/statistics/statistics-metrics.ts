/** Numbers that add up over members and days: columns of `member_days`. */
export const METRICS = [
  'xp',
  'seconds',
  'live_seconds',
  'sessions',
  'tasks_completed',
  'modules_completed',
] as const;
export type Metric = (typeof METRICS)[number];
export type MetricValues = Record<Metric, number>;

/** What the numbers of every answer mean. */
export const DEFINITIONS: Readonly<Record<string, string>> = {
  members:
    'The members at `as_of`. Members who left do not count, nor does anything that a member did before joining.',
  active_members: 'Members with at least one learning event.',
  active_days: 'UTC days with at least one learning event of the member.',
  xp: 'XP that learning events paid, on the UTC day on which the event happened.',
  seconds:
    'Seconds in sessions of conversations, on the UTC day on which the session ended. Sessions of a member at the same time ' +
    'count once. The time before joining does not count.',
  live_seconds: 'The same in live sessions.',
  sessions: 'Sessions of conversations that have ended.',
  tasks_completed: 'Tasks completed; the same task again counts again.',
  modules_completed: 'Modules completed; the same module again counts again.',
  last_activity: 'The UTC day of the last learning event since joining, also outside of the period.',
  previous: 'The same number in the period of as many days that ends before `start_date`.',
};

/** Progress that organizations see of a member, for the answer of `GET /api/xp/visibility`. */
export const VISIBLE_PROGRESS = ['active_days', ...METRICS, 'last_activity'] as const;

/** Returns the metrics of a row whose columns may have a prefix. */
export function pickMetrics(row: object, prefix = ''): MetricValues {
  const values = row as Record<string, number>;
  return Object.fromEntries(
    METRICS.map((metric) => [metric, values[`${prefix}${metric}`] ?? 0]),
  ) as MetricValues;
}

export function sumMetrics(rows: readonly MetricValues[]): MetricValues {
  const total = pickMetrics({});
  for (const row of rows) for (const metric of METRICS) total[metric] += row[metric];
  return total;
}
