import type { RetentionRule } from '@/platform/jobs/index.js';

const monthsAgo = (months: number): string =>
  `date_trunc('month', ($1::timestamptz AT TIME ZONE 'UTC') - interval '${months} months')::date`;

const IS_UNKNOWN_SUBJECT = `NOT EXISTS (SELECT FROM users u WHERE u.id = subject)
  AND NOT EXISTS (SELECT FROM api_keys k WHERE k.id = subject)
  AND NOT EXISTS (SELECT FROM organizations o WHERE o.id = subject)`;

/** Usage is kept for two years and the current month, so that a month can be compared with the same month of other years. */
export const USAGE_RETENTION: RetentionRule = {
  table: 'token_usage',
  condition: `month < ${monthsAgo(24)}`,
  keptFor: 0,
};

/** Only the current month counts. A deleted user, key or organization leaves its counters, which have no foreign key. */
export const COUNTER_RETENTION: RetentionRule = {
  table: 'token_counters',
  condition: `month < ${monthsAgo(1)} OR (${IS_UNKNOWN_SUBJECT})`,
  keptFor: 0,
};
