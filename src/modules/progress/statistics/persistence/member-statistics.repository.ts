import { Injectable } from '@nestjs/common';
import { MemberDay } from '@/modules/progress/member-days/persistence/member-day.entity.js';
import type { Role } from '@/platform/access/index.js';
import type { PageWindow, TimeCursor } from '@/platform/pagination/index.js';
import { defineSizedKeyset, keysetQuery, RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import type { Metric, MetricValues } from '../statistics-metrics.js';
import type { StatisticsPeriod } from '../statistics-period.js';
import {
  buildForScopes,
  defineScoped,
  kindOf,
  type StatisticsScope,
  SUMS,
  SUMS_OF_BOTH_PERIODS,
  toScopeValues,
  toValues,
} from './statistics-sql.js';

/** A member with the numbers of the period, and with the prefix `previous_` those of the previous one. */
export interface MemberRow extends MetricValues {
  user_id: string;
  username: string;
  name: string;
  role: Role;
  joined_at: Date;
  active_days: number;
  previous_active_days: number;
  last_activity: string | null;
}

/** With the teams of the member that the caller sees, in the order in which the member joined them. */
export type DirectoryRow = MemberRow & { teams: { id: string; name: string }[] | null };

export type MemberDayRow = MetricValues & { day: string };

export const SORT_FIELDS = ['name', 'xp', 'seconds', 'last_activity'] as const;
export type SortField = (typeof SORT_FIELDS)[number];
export const SORT_ORDERS = ['asc', 'desc'] as const;
export type SortOrder = (typeof SORT_ORDERS)[number];

export interface RankingQuery {
  sort: SortField;
  order: SortOrder;
  search: string | null;
  limit: number;
  offset: number;
}

const NAME = `coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username)`;

/** Adds names and numbers to the members `p` of a page. */
const memberRows = (page: string, { columns = '', order }: { columns?: string; order: string }): string => `
  SELECT p.user_id, u.username, ${NAME} AS name, p.role, p.joined_at, n.*, (
      SELECT max(l.utc_day)::text FROM member_days l WHERE l.organization_id = $1 AND l.user_id = p.user_id
    ) AS last_activity ${columns}
  FROM (${page}) p
  JOIN users u ON u.id = p.user_id
  CROSS JOIN LATERAL (
    SELECT ${SUMS_OF_BOTH_PERIODS} FROM member_days d
    WHERE d.organization_id = $1 AND d.user_id = p.user_id AND d.utc_day BETWEEN $3::date AND $5::date) n
  ORDER BY ${order}`;

const teamsOf = (visible: string): string => `, (
  SELECT json_agg(json_build_object('id', t.id, 'name', t.name) ORDER BY tm.joined_at, t.id)
  FROM team_members tm JOIN teams t ON t.id = tm.team_id
  WHERE tm.organization_id = $1 AND tm.user_id = p.user_id AND ${visible}) AS teams`;

const VISIBLE_TEAMS = { organization: 'true', teams: 'tm.team_id = ANY($2::uuid[])' } as const;

const MEMBER_COLUMNS = 'm.user_id, m.role, m.joined_at';

/** A row of the response has the names of the teams twice, and the organization with each. */
const DIRECTORY_BYTES = '4 * coalesce(octet_length(p.teams::text), 0)';

/** Without the turns of other lists of large rows: the page is read in a transaction, which keeps its connection. */
const DIRECTORY = buildForScopes(
  (inScope, kind) =>
    defineSizedKeyset(
      `statistics.directory.${kind}`,
      '(m.joined_at, m.user_id) > ($7::timestamptz, $8::uuid)',
      {
        bytes: DIRECTORY_BYTES,
        text: (after) =>
          memberRows(
            `SELECT ${MEMBER_COLUMNS} FROM memberships m WHERE m.organization_id = $1 AND ${inScope('m.user_id')} ${after}
           ORDER BY m.joined_at, m.user_id LIMIT $6`,
            { columns: teamsOf(VISIBLE_TEAMS[kind]), order: 'p.joined_at, p.user_id' },
          ),
      },
    ).large,
);

const FIND = buildForScopes((inScope, kind) => ({
  name: `statistics.find_member.${kind}`,
  text: memberRows(
    `SELECT ${MEMBER_COLUMNS} FROM memberships m
     WHERE m.organization_id = $1 AND m.user_id = $6 AND ${inScope('m.user_id')}`,
    { columns: teamsOf(VISIBLE_TEAMS[kind]), order: 'p.user_id' },
  ),
}));

const DAYS_OF_MEMBER = {
  name: 'statistics.days_of_member',
  text: `SELECT d.utc_day::text AS day, ${SUMS} FROM member_days d
    WHERE d.organization_id = $1 AND d.user_id = $2 AND d.utc_day BETWEEN $3::date AND $4::date
    GROUP BY d.utc_day ORDER BY d.utc_day`,
};

const sumInPeriod = (metric: Metric): { join: string; key: string } => ({
  join: `LEFT JOIN (SELECT d.user_id, sum(d.${metric}) AS value FROM member_days d
           WHERE d.organization_id = $1 AND d.utc_day BETWEEN $4::date AND $5::date GROUP BY d.user_id) v ON v.user_id = m.user_id`,
  key: 'coalesce(v.value, 0)',
});

/** The value of each member by which they are sorted. A member without activity is before all others. */
const SORT_VALUES: Record<SortField, { join: string; key: string }> = {
  name: { join: '', key: `lower(${NAME})` },
  xp: sumInPeriod('xp'),
  seconds: sumInPeriod('seconds'),
  last_activity: {
    join: '',
    key: `coalesce((SELECT max(d.utc_day) FROM member_days d
            WHERE d.organization_id = $1 AND d.user_id = m.user_id), '-infinity')`,
  },
};

const isFound = (search: string): string =>
  `(${search}::text IS NULL OR strpos(lower(${NAME} || ' ' || u.username), lower(${search})) > 0)`;

const rankingPage = (inScope: string, sort: SortField, order: SortOrder): string => {
  const { join, key } = SORT_VALUES[sort];
  return `SELECT ${MEMBER_COLUMNS}, ${key} AS sort_key
    FROM memberships m JOIN users u ON u.id = m.user_id ${join}
    WHERE m.organization_id = $1 AND ${inScope} AND ${isFound('$6')}
    ORDER BY sort_key ${order}, m.user_id LIMIT $7 OFFSET $8`;
};

const RANKINGS = buildForScopes((inScope, kind) => {
  const of = (sort: SortField, order: SortOrder) => ({
    name: `statistics.ranking.${kind}.${sort}.${order}`,
    text: memberRows(rankingPage(inScope('m.user_id'), sort, order), {
      order: `p.sort_key ${order}, p.user_id`,
    }),
  });
  return Object.fromEntries(
    SORT_FIELDS.map((sort) => [sort, { asc: of(sort, 'asc'), desc: of(sort, 'desc') }]),
  ) as Record<SortField, Record<SortOrder, ReturnType<typeof of>>>;
});

const COUNT = defineScoped(
  'statistics.count_found',
  (inScope) => `SELECT count(*)::int AS total FROM memberships m JOIN users u ON u.id = m.user_id
    WHERE m.organization_id = $1 AND ${inScope('m.user_id')} AND ${isFound('$3')}`,
);

/** Adds up the days of members. Every method finds only members of the scope. */
@Injectable()
export class MemberStatisticsRepository extends RepositoryBase<MemberDay> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, MemberDay);
  }

  /** Returns members in the order in which they joined. */
  listDirectory(
    scope: StatisticsScope,
    period: StatisticsPeriod,
    window: PageWindow<TimeCursor>,
  ): Promise<DirectoryRow[]> {
    const toKeysetValues = ({ at, id }: TimeCursor): unknown[] => [at, id];
    const keyset = DIRECTORY[kindOf(scope)];
    return this.query<DirectoryRow>(...keysetQuery(keyset, toValues(scope, period), window, toKeysetValues));
  }

  find(scope: StatisticsScope, period: StatisticsPeriod, userId: string): Promise<DirectoryRow | undefined> {
    return this.one<DirectoryRow>(FIND[kindOf(scope)], [...toValues(scope, period), userId]);
  }

  /** Returns the days of both periods on which the member was active. */
  findDays(
    { organizationId }: StatisticsScope,
    period: StatisticsPeriod,
    userId: string,
  ): Promise<MemberDayRow[]> {
    return this.query<MemberDayRow>(DAYS_OF_MEMBER, [
      organizationId,
      userId,
      period.previousStart,
      period.end,
    ]);
  }

  listRanking(scope: StatisticsScope, period: StatisticsPeriod, query: RankingQuery): Promise<MemberRow[]> {
    const { sort, order, search, limit, offset } = query;
    const statement = RANKINGS[kindOf(scope)][sort][order];
    return this.query<MemberRow>(statement, [...toValues(scope, period), search, limit, offset]);
  }

  async countFound(scope: StatisticsScope, search: string | null): Promise<number> {
    const values = [...toScopeValues(scope), search];
    return (await this.one<{ total: number }>(COUNT[kindOf(scope)], values))?.total ?? 0;
  }
}
