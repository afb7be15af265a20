import { Injectable } from '@nestjs/common';
import { MemberDay } from '@/modules/progress/member-days/persistence/member-day.entity.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import type { MetricValues } from '../statistics-metrics.js';
import type { StatisticsPeriod } from '../statistics-period.js';
import {
  defineScoped,
  kindOf,
  type StatisticsScope,
  SUMS,
  toScopeValues,
  toValues,
} from './statistics-sql.js';

/** The numbers of a group of members on a day. */
export interface DayRow extends MetricValues {
  day: string;
  active_members: number;
}

/** How many members a group has, and how many of them were active in each period. */
export interface MemberCounts {
  members: number;
  active_members: number;
  previous_active_members: number;
}

export interface TeamRow extends MetricValues {
  team_id: string;
  is_current: boolean;
  active_members: number;
}

/** How many members two teams have, how many are in both, and how many members of the organization are in neither. */
export interface ComparedSizes {
  first: number;
  second: number;
  shared: number;
  remainder: number;
}

/** A member has one row for each day. */
const DAYS = defineScoped(
  'statistics.days',
  (inScope) => `SELECT d.utc_day::text AS day, count(*)::int AS active_members, ${SUMS} FROM member_days d
    WHERE d.organization_id = $1 AND d.utc_day BETWEEN $3::date AND $4::date AND ${inScope('d.user_id')}
    GROUP BY d.utc_day`,
);

const isActive = (condition: string): string =>
  `EXISTS (SELECT FROM member_days d
           WHERE d.organization_id = $1 AND d.user_id = m.user_id AND ${condition})`;

/** One look into the index for each member and period, however long the periods are. */
const COUNTS = defineScoped(
  'statistics.counts',
  (inScope) => `SELECT count(*)::int AS members, (count(*) FILTER (WHERE c.current))::int AS active_members,
      (count(*) FILTER (WHERE c.previous))::int AS previous_active_members
    FROM (
      SELECT ${isActive('d.utc_day BETWEEN $4::date AND $5::date')} AS current,
        ${isActive('d.utc_day >= $3::date AND d.utc_day < $4::date')} AS previous
      FROM memberships m WHERE m.organization_id = $1 AND ${inScope('m.user_id')}) c`,
);

const COMPARED_SIZES = {
  name: 'statistics.compared_sizes',
  text: `SELECT (count(*) FILTER (WHERE s.in_first))::int AS first, (count(*) FILTER (WHERE s.in_second))::int AS second,
      (count(*) FILTER (WHERE s.in_first AND s.in_second))::int AS shared,
      (count(*) FILTER (WHERE NOT s.in_first AND NOT s.in_second))::int AS remainder
    FROM (
      SELECT m.user_id IN (SELECT tm.user_id FROM team_members tm WHERE tm.organization_id = $1 AND tm.team_id = $2) AS in_first,
        m.user_id IN (SELECT tm.user_id FROM team_members tm WHERE tm.organization_id = $1 AND tm.team_id = $3) AS in_second
      FROM memberships m WHERE m.organization_id = $1) s`,
};

const TEAMS = {
  name: 'statistics.teams',
  text: `SELECT d.team_id, d.is_current, count(DISTINCT d.user_id)::int AS active_members, ${SUMS}
    FROM (
      SELECT tm.team_id, d.*, d.utc_day >= $4::date AS is_current
      FROM team_members tm
      JOIN member_days d ON d.organization_id = tm.organization_id AND d.user_id = tm.user_id
      WHERE tm.organization_id = $1 AND tm.team_id = ANY($2::uuid[]) AND d.utc_day BETWEEN $3::date AND $5::date) d
    GROUP BY d.team_id, d.is_current`,
};

/** Adds up the days of groups of members. */
@Injectable()
export class GroupStatisticsRepository extends RepositoryBase<MemberDay> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, MemberDay);
  }

  /** Returns the days of both periods on which a member was active. */
  findDays(scope: StatisticsScope, period: StatisticsPeriod): Promise<DayRow[]> {
    const values = [...toScopeValues(scope), period.previousStart, period.end];
    return this.query<DayRow>(DAYS[kindOf(scope)], values);
  }

  async count(scope: StatisticsScope, period: StatisticsPeriod): Promise<MemberCounts> {
    const counts = await this.one<MemberCounts>(COUNTS[kindOf(scope)], toValues(scope, period));
    return counts ?? { members: 0, active_members: 0, previous_active_members: 0 };
  }

  async findComparedSizes({ organizationId, teamIds }: StatisticsScope): Promise<ComparedSizes> {
    const sizes = await this.one<ComparedSizes>(COMPARED_SIZES, [organizationId, ...(teamIds ?? [])]);
    return sizes ?? { first: 0, second: 0, shared: 0, remainder: 0 };
  }

  /** Returns the numbers of each team of the scope, of both periods. */
  findTeams(scope: StatisticsScope, period: StatisticsPeriod): Promise<TeamRow[]> {
    return this.query<TeamRow>(TEAMS, toValues(scope, period));
  }
}
