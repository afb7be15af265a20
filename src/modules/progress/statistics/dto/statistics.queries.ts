import { isDate } from '@/platform/kernel/dates.js';
import { PageQuery } from '@/platform/pagination/index.js';
import { customRule, EnumField, IdField, QueryIntegerField, TextField } from '@/platform/validation/index.js';
import {
  SORT_FIELDS,
  SORT_ORDERS,
  type SortField,
  type SortOrder,
} from '../persistence/member-statistics.repository.js';

const DATE = { max: 10, rules: [customRule<string>('date', 'must be a date such as 2026-11-25', isDate)] };
const START = { ...DATE, optional: true, example: '2026-11-01', description: 'The first UTC day.' };
const END = {
  ...DATE,
  optional: true,
  example: '2026-11-30',
  description: 'The last UTC day; today by default.',
};
const ORGANIZATION = 'By default your primary organization.';
const CSV_TABLE = 'The table that a response in CSV has.';

export const DASHBOARD_TABLES = ['totals', 'days', 'comparison', 'members'] as const;
export type DashboardTable = (typeof DASHBOARD_TABLES)[number];

export class DashboardQuery extends PageQuery {
  @IdField({ optional: true, description: ORGANIZATION })
  organization_id?: string;

  @IdField({ optional: true, description: 'Only members of this team.' })
  team_id?: string;

  @IdField({ optional: true, description: 'A team with which `team_id` is compared.' })
  compare_team_id?: string;

  @TextField(START)
  start_date?: string;

  @TextField(END)
  end_date?: string;

  @EnumField(DASHBOARD_TABLES, { optional: true, description: CSV_TABLE })
  table: DashboardTable = 'members';
}

export const MEMBER_TABLES = ['totals', 'days'] as const;
export type MemberTable = (typeof MEMBER_TABLES)[number];

export class MemberStatisticsQuery {
  @IdField({ optional: true, description: ORGANIZATION })
  organization_id?: string;

  @IdField({ optional: true, description: 'A team that the member must be in.' })
  team_id?: string;

  @TextField(START)
  start_date?: string;

  @TextField(END)
  end_date?: string;

  @EnumField(MEMBER_TABLES, { optional: true, description: CSV_TABLE })
  table: MemberTable = 'days';
}

export class ProgressMembersQuery {
  @IdField({ optional: true, description: ORGANIZATION })
  org_id?: string;

  @TextField(START)
  start_date?: string;

  @TextField(END)
  end_date?: string;

  @EnumField(SORT_FIELDS, { optional: true })
  sort: SortField = 'name';

  @EnumField(SORT_ORDERS, { optional: true, description: 'By default `asc` for names, else `desc`.' })
  order?: SortOrder;

  @QueryIntegerField({
    min: 1,
    max: 10_000,
    description: 'From 1; `page` times `limit` is at most 10,000.',
    example: 1,
  })
  page = 1;

  @QueryIntegerField({ min: 1, max: 100, example: 20 })
  limit = 20;

  @TextField({ optional: true, max: 200, trim: true, description: 'Part of a name or username.' })
  q?: string;
}
