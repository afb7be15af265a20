import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { Statement } from '@/platform/persistence/index.js';
import { METRICS } from '../statistics-metrics.js';
import type { StatisticsPeriod } from '../statistics-period.js';

/** The members whose statistics a caller reads: of these teams, or with null all members of the organization. */
export interface StatisticsScope {
  organizationId: OrganizationId;
  teamIds: readonly string[] | null;
}

export type ScopeKind = 'organization' | 'teams';

/** Returns a condition that a column has the id of a member in the scope; see `toScopeValues`. */
function scopeCondition(kind: ScopeKind, column: string): string {
  return kind === 'organization'
    ? '$2::uuid[] IS NULL'
    : `${column} IN (SELECT tm.user_id FROM team_members tm
         WHERE tm.organization_id = $1 AND tm.team_id = ANY($2::uuid[]))`;
}

type InScope = (column: string) => string;

/** Builds a statement for each kind of scope, so that each has its own plan. */
export function buildForScopes<Built>(
  build: (inScope: InScope, kind: ScopeKind) => Built,
): Record<ScopeKind, Built> {
  const of = (kind: ScopeKind): Built => build((column) => scopeCondition(kind, column), kind);
  return { organization: of('organization'), teams: of('teams') };
}

export function defineScoped(name: string, text: (inScope: InScope) => string): Record<ScopeKind, Statement> {
  return buildForScopes((inScope, kind) => ({ name: `${name}.${kind}`, text: text(inScope) }));
}

export function kindOf({ teamIds }: StatisticsScope): ScopeKind {
  return teamIds === null ? 'organization' : 'teams';
}

/** `$1` organization, `$2` teams. */
export function toScopeValues({ organizationId, teamIds }: StatisticsScope): unknown[] {
  return [organizationId, teamIds];
}

/** And `$3` start of the previous period, `$4` and `$5` start and end of the period. */
export function toValues(scope: StatisticsScope, period: StatisticsPeriod): unknown[] {
  return [...toScopeValues(scope), period.previousStart, period.start, period.end];
}

/** Sums of the metrics of the days `d`. */
export const SUMS = METRICS.map((metric) => `coalesce(sum(d.${metric}), 0)::float8 AS ${metric}`).join(', ');

/** The same of the period and, with the prefix `previous_`, of the previous one. */
export const SUMS_OF_BOTH_PERIODS = [
  ['', 'd.utc_day >= $4::date'],
  ['previous_', 'd.utc_day < $4::date'],
]
  .flatMap(([prefix, condition]) => [
    `(count(*) FILTER (WHERE ${condition}))::int AS ${prefix}active_days`,
    ...METRICS.map(
      (metric) => `coalesce(sum(d.${metric}) FILTER (WHERE ${condition}), 0)::float8 AS ${prefix}${metric}`,
    ),
  ])
  .join(', ');
