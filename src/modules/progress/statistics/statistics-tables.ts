import type { ComparedTeam, DashboardResponse } from './dto/dashboard.response.js';
import type {
  DirectoryMember,
  MemberStatisticsResponse,
  ProgressMembersResponse,
} from './dto/member-statistics.responses.js';
import type { StatisticsFrame } from './dto/statistics-numbers.responses.js';
import type { DashboardTable, MemberTable } from './dto/statistics.queries.js';
import { type CsvRow, toCsv } from './statistics-csv.js';
import { METRICS } from './statistics-metrics.js';

const GROUP = ['active_members', ...METRICS];
const MEMBER = ['active_days', ...METRICS];
const FRAME = [
  'start_date',
  'end_date',
  'previous_start_date',
  'previous_end_date',
  'timezone',
  'as_of',
] as const;
const PERSON = ['user_id', 'username', 'name', 'role', 'joined_at'];

/** Returns a table of the dashboard as CSV. */
export function toDashboardTable(response: DashboardResponse, table: DashboardTable): string {
  switch (table) {
    case 'totals':
      return write(response, ['members', ...beside(GROUP)], [flatten(response.totals)]);
    case 'days':
      return write(response, beside(['date', ...GROUP]), response.by_day.map(flatten));
    case 'comparison': {
      const { hidden = true, teams = [] } = response.comparison ?? {};
      const columns = ['team_id', 'team_name', 'members', 'hidden', ...beside(GROUP)];
      return write(
        response,
        columns,
        teams.map((team) => flattenTeam(team, hidden)),
      );
    }
    case 'members':
      return write(response, DIRECTORY, response.members.map(flattenDirectoryMember));
  }
}

const DIRECTORY = [...PERSON, 'organizations', 'teams', 'last_activity', ...beside(MEMBER)];

/** Returns a table of the detail of a member as CSV. */
export function toMemberTable(response: MemberStatisticsResponse, table: MemberTable): string {
  return table === 'totals'
    ? write(response, DIRECTORY, [flattenDirectoryMember(response.member)])
    : write(response, beside(['date', ...METRICS]), response.by_day.map(flatten));
}

export function toProgressTable(response: ProgressMembersResponse): string {
  return write(response, [...PERSON, 'last_activity', ...beside(MEMBER)], response.items.map(flatten));
}

/** Returns the columns, and after them those of the previous period. */
function beside(columns: readonly string[]): string[] {
  return [...columns, ...columns.map((column) => `previous_${column}`)];
}

/** Every row ends with the period, the zone and the time of the response. */
function write(frame: StatisticsFrame, columns: readonly string[], rows: readonly CsvRow[]): string {
  const common = Object.fromEntries(FRAME.map((name) => [name, frame[name]]));
  return toCsv(
    [...columns, ...FRAME],
    rows.map((row) => ({ ...row, ...common })),
  );
}

/** Puts the numbers of the previous period beside those of the period. */
function flatten({ previous, ...row }: object & { previous: object | null }): CsvRow {
  const entries = Object.entries(previous ?? {}).map(([name, value]) => [
    `previous_${name}`,
    value as number,
  ]);
  return { ...row, ...Object.fromEntries(entries) } as CsvRow;
}

function flattenTeam({ current, previous, ...team }: ComparedTeam, hidden: boolean): CsvRow {
  return { ...flatten({ ...team, ...current, previous }), hidden };
}

function flattenDirectoryMember({ organizations, teams, ...member }: DirectoryMember): CsvRow {
  return { ...flatten(member), organizations: organizations.join('; '), teams: teams.join('; ') };
}
