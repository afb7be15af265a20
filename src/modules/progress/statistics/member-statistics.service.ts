import { Injectable, type StreamableFile } from '@nestjs/common';
import { AuditLogService, organizationErrors } from '@/modules/organizations/index.js';
import type { OrganizationActor } from '@/platform/access/index.js';
import { invalidField } from '@/platform/errors/index.js';
import {
  DirectoryMember,
  type MemberDayStatistics,
  MemberStatistics,
  type MemberStatisticsResponse,
  type ProgressMembersResponse,
} from './dto/member-statistics.responses.js';
import type { MemberStatisticsQuery, ProgressMembersQuery } from './dto/statistics.queries.js';
import { type MemberDayRow, MemberStatisticsRepository } from './persistence/member-statistics.repository.js';
import { StatisticsAccessService } from './statistics-access.service.js';
import { toCsvFile } from './statistics-csv.js';
import { type MetricValues, pickMetrics } from './statistics-metrics.js';
import { listDays, type StatisticsPeriod } from './statistics-period.js';
import { toMemberTable, toProgressTable } from './statistics-tables.js';

/** The rows before a page that a request may skip, with the page itself. */
const MAX_ROWS = 10_000;

/** What each member of an organization learned. */
@Injectable()
export class MemberStatisticsService {
  constructor(
    private readonly access: StatisticsAccessService,
    private readonly members: MemberStatisticsRepository,
    private readonly auditLog: AuditLogService,
  ) {}

  /** Records in the audit log that the actor opened it. Throws `member_not_found` for a user outside of the scope. */
  read(
    actor: OrganizationActor,
    userId: string,
    query: MemberStatisticsQuery,
  ): Promise<MemberStatisticsResponse> {
    return this.access.read(actor, query, async ({ scope, period, frame }) => {
      const row = await this.members.find(scope, period, userId);
      if (!row) throw organizationErrors.member_not_found();
      const days = await this.members.findDays(scope, period, userId);
      const target = { type: 'user', id: userId } as const;
      const { start_date, end_date } = frame;
      await this.auditLog.recordFor(actor, 'statistics.opened', target, { start_date, end_date });
      return {
        ...frame,
        member: DirectoryMember.fromDirectory(row, frame),
        by_day: toDays(days, period),
      };
    });
  }

  async exportTable(
    actor: OrganizationActor,
    userId: string,
    query: MemberStatisticsQuery,
  ): Promise<StreamableFile> {
    const response = await this.read(actor, userId, query);
    return toCsvFile(toMemberTable(response, query.table), response, query.table);
  }

  /** Throws 400 for a page beyond MAX_ROWS. */
  async list(actor: OrganizationActor, query: ProgressMembersQuery): Promise<ProgressMembersResponse> {
    const { sort, page, limit } = query;
    const { order = sort === 'name' ? 'asc' : 'desc' } = query;
    if (page * limit > MAX_ROWS)
      throw invalidField('page', 'page_limit', `times limit must be at most ${MAX_ROWS}`);
    const { q: search = null } = query;
    return this.access.read(actor, query, async ({ scope, period, frame }) => {
      const ranking = { sort, order, search, limit, offset: (page - 1) * limit };
      const rows = await this.members.listRanking(scope, period, ranking);
      const total = await this.members.countFound(scope, search);
      return { ...frame, items: rows.map((row) => MemberStatistics.from(row)), total, page, limit };
    });
  }

  async exportList(actor: OrganizationActor, query: ProgressMembersQuery): Promise<StreamableFile> {
    const response = await this.list(actor, query);
    return toCsvFile(toProgressTable(response), response, 'members');
  }
}

function toDays(rows: readonly MemberDayRow[], period: StatisticsPeriod): MemberDayStatistics[] {
  const byDay = new Map(rows.map((row) => [row.day, row]));
  const of = (date: string): MetricValues & { date: string } => ({
    date,
    ...pickMetrics(byDay.get(date) ?? {}),
  });
  const previousDays = listDays(period.previousStart, period.previousEnd);
  return listDays(period.start, period.end).map((date, index) => ({
    ...of(date),
    previous: of(previousDays[index] ?? date),
  }));
}
