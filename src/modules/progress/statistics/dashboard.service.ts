import { Injectable, type StreamableFile } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/index.js';
import { invalidField } from '@/platform/errors/index.js';
import { DIRECTORY_PAGE_SIZE, toPage, windowByTime } from '@/platform/pagination/index.js';
import { isHidden } from './comparison.rules.js';
import type { DashboardResponse, GroupDay, GroupTotals, TeamComparison } from './dto/dashboard.response.js';
import { DirectoryMember } from './dto/member-statistics.responses.js';
import { GroupNumbers } from './dto/statistics-numbers.responses.js';
import type { DashboardQuery } from './dto/statistics.queries.js';
import {
  type DayRow,
  GroupStatisticsRepository,
  type MemberCounts,
} from './persistence/group-statistics.repository.js';
import { MemberStatisticsRepository } from './persistence/member-statistics.repository.js';
import { StatisticsAccessService, type StatisticsContext } from './statistics-access.service.js';
import { toCsvFile } from './statistics-csv.js';
import { sumMetrics } from './statistics-metrics.js';
import { listDays, type StatisticsPeriod } from './statistics-period.js';
import { toDashboardTable } from './statistics-tables.js';

/** What the members of an organization or a team learned, together and each. */
@Injectable()
export class DashboardService {
  constructor(
    private readonly access: StatisticsAccessService,
    private readonly groups: GroupStatisticsRepository,
    private readonly members: MemberStatisticsRepository,
  ) {}

  async read(actor: OrganizationActor, query: DashboardQuery): Promise<DashboardResponse> {
    const window = windowByTime(query, DIRECTORY_PAGE_SIZE);
    const { rows, frame, ...numbers } = await this.access.read(actor, query, async (context) => {
      const { scope, period, frame: found } = context;
      const days = toDays(await this.groups.findDays(scope, period), period);
      return {
        frame: found,
        totals: toTotals(days, await this.groups.count(scope, period)),
        by_day: days,
        comparison: await this.compare(context),
        rows: await this.members.listDirectory(scope, period, window),
      };
    });
    const page = toPage(window, rows, ({ joined_at: at, user_id: id }) => ({ at, id }));
    const members = page.map((row) => DirectoryMember.fromDirectory(row, frame));
    return { ...frame, ...numbers, members };
  }

  /** Returns one table of the response. Throws 400 for the comparison when the query names no second team. */
  async exportTable(actor: OrganizationActor, query: DashboardQuery): Promise<StreamableFile> {
    const { table } = query;
    if (table === 'comparison' && query.compare_team_id === undefined)
      throw invalidField('compare_team_id', 'required', 'is required for the table comparison');
    const response = await this.read(actor, query);
    return toCsvFile(toDashboardTable(response, table), response, table);
  }

  private async compare({ scope, period, compared }: StatisticsContext): Promise<TeamComparison | null> {
    if (!compared) return null;
    const both = { ...scope, teamIds: compared.map(({ id }) => id) };
    const sizes = await this.groups.findComparedSizes(both);
    const hidden = isHidden(sizes);
    const rows = hidden ? [] : await this.groups.findTeams(both, period);
    const numbersOf = (id: string, isCurrent: boolean): GroupNumbers | null =>
      hidden
        ? null
        : GroupNumbers.from(rows.find((row) => row.team_id === id && row.is_current === isCurrent));
    const teams = compared.map(({ id, name }, index) => ({
      team_id: id,
      team_name: name,
      members: index === 0 ? sizes.first : sizes.second,
      current: numbersOf(id, true),
      previous: numbersOf(id, false),
    }));
    return { hidden, teams, remainder: sizes.remainder };
  }
}

function toTotals(days: readonly GroupDay[], counts: MemberCounts): GroupTotals {
  const { members, active_members, previous_active_members } = counts;
  const previousDays = days.map(({ previous }) => previous);
  return {
    members,
    active_members,
    ...sumMetrics(days),
    previous: { active_members: previous_active_members, ...sumMetrics(previousDays) },
  };
}

function toDays(rows: readonly DayRow[], period: StatisticsPeriod): GroupDay[] {
  const byDay = new Map(rows.map((row) => [row.day, row]));
  const of = (date: string): GroupNumbers & { date: string } => ({
    date,
    ...GroupNumbers.from(byDay.get(date)),
  });
  const previousDays = listDays(period.previousStart, period.previousEnd);
  return listDays(period.start, period.end).map((date, index) => ({
    ...of(date),
    previous: of(previousDays[index] ?? date),
  }));
}
