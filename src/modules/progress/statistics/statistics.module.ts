import { Module } from '@nestjs/common';
import { OrganizationsModule } from '@/modules/organizations/index.js';
import { DashboardService } from './dashboard.service.js';
import { MemberStatisticsService } from './member-statistics.service.js';
import { GroupStatisticsRepository } from './persistence/group-statistics.repository.js';
import { MemberStatisticsRepository } from './persistence/member-statistics.repository.js';
import { StatisticsScopeRepository } from './persistence/statistics-scope.repository.js';
import { StatisticsAccessService } from './statistics-access.service.js';
import { StatisticsController } from './statistics.controller.js';

/** What the members of organizations learned, for administrators and team managers: numbers only. */
@Module({
  imports: [OrganizationsModule],
  controllers: [StatisticsController],
  providers: [
    StatisticsScopeRepository,
    GroupStatisticsRepository,
    MemberStatisticsRepository,
    StatisticsAccessService,
    DashboardService,
    MemberStatisticsService,
  ],
})
export class StatisticsModule {}
