import { Controller, Get, type StreamableFile } from '@nestjs/common';
import { inOrganization, organizationErrors as errors } from '@/modules/organizations/index.js';
import { CurrentActor, type OrganizationActor, Requires } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Query, PathId } from '@/platform/validation/index.js';
import { DashboardService } from './dashboard.service.js';
import { DashboardResponse } from './dto/dashboard.response.js';
import { MemberStatisticsResponse, ProgressMembersResponse } from './dto/member-statistics.responses.js';
import { DashboardQuery, MemberStatisticsQuery, ProgressMembersQuery } from './dto/statistics.queries.js';
import { MemberStatisticsService } from './member-statistics.service.js';
import { AcceptsCsv } from './statistics-csv.js';

const READ = inOrganization('statistics.read', { from: 'query' });

@ApiTags('Admin Stats & Members')
@Controller('api/v1/admin/stats')
export class StatisticsController {
  constructor(
    private readonly dashboard: DashboardService,
    private readonly members: MemberStatisticsService,
  ) {}

  @Get()
  @Requires('session', READ)
  @Operation({
    summary: 'Get the engagement of an organization or a team',
    description:
      'A team manager sees the members of their teams. With `Accept: text/csv` the response is `table`.',
    response: DashboardResponse,
    csv: true,
    errors: [errors.team_not_found],
  })
  getEngagementStatistics(
    @CurrentActor() actor: OrganizationActor,
    @Query() query: DashboardQuery,
    @AcceptsCsv() csv: boolean,
  ): Promise<DashboardResponse | StreamableFile> {
    return csv ? this.dashboard.exportTable(actor, query) : this.dashboard.read(actor, query);
  }

  @Get('users/:user_id')
  @Requires('session', READ)
  @Operation({
    summary: 'Get the engagement of a member',
    description:
      'The audit log of the organization records it. With `Accept: text/csv` the response is `table`.',
    response: MemberStatisticsResponse,
    csv: true,
    errors: [errors.team_not_found, errors.member_not_found],
  })
  getMemberStatistics(
    @CurrentActor() actor: OrganizationActor,
    @PathId('user_id', errors.member_not_found) userId: string,
    @Query() query: MemberStatisticsQuery,
    @AcceptsCsv() csv: boolean,
  ): Promise<MemberStatisticsResponse | StreamableFile> {
    return csv ? this.members.exportTable(actor, userId, query) : this.members.read(actor, userId, query);
  }

  @Get('progress/members')
  @Requires('session', READ)
  @Operation({
    summary: 'List members by their progress',
    response: ProgressMembersResponse,
    csv: true,
  })
  listProgressMembers(
    @CurrentActor() actor: OrganizationActor,
    @Query() query: ProgressMembersQuery,
    @AcceptsCsv() csv: boolean,
  ): Promise<ProgressMembersResponse | StreamableFile> {
    return csv ? this.members.exportList(actor, query) : this.members.list(actor, query);
  }
}
