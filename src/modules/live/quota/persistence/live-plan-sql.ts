/**
 * Returns the SQL of the plan of a paying organization: `free` without an organization, without a row, and for a plan that is not
 * configured any more. `limits` is the parameter of `LivePlans.limitsJson`.
 */
export function livePlanSql(payerId: string, limits: string): string {
  return `COALESCE((SELECT lp.plan FROM live_plans lp
    WHERE lp.organization_id = ${payerId} AND ${limits}::jsonb ? lp.plan), 'free')`;
}

/** Returns the SQL of the milliseconds in a month; NULL for an unlimited plan. */
export function livePlanLimitSql(payerId: string, limits: string): string {
  return `(${limits}::jsonb ->> ${livePlanSql(payerId, limits)})::bigint`;
}

/** Returns the SQL of the first day of the month of an instant in UTC, as `date`. */
export function monthSql(instant: string): string {
  return `date_trunc('month', ${instant} AT TIME ZONE 'UTC')::date`;
}

/** Returns the SQL of the first instant of the month after the one of `instant`. */
export function monthEndSql(instant: string): string {
  return `((date_trunc('month', ${instant} AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC')`;
}

/** Returns the SQL of the milliseconds between two instants. */
export function millisecondsSql(from: string, until: string): string {
  return `(EXTRACT(EPOCH FROM ${until} - ${from}) * 1000)::bigint`;
}
