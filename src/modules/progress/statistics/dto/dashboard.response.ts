import { ApiSchema, ResponseField, ResponseIdField, ResponseListField } from '@/platform/openapi/index.js';
import { DirectoryMember } from './member-statistics.responses.js';
import { GroupNumbers, StatisticsFrame } from './statistics-numbers.responses.js';

@ApiSchema({ name: 'StatisticsTotals' })
export class GroupTotals extends GroupNumbers {
  @ResponseField('integer', 40)
  members!: number;

  @ResponseField(() => GroupNumbers)
  previous!: GroupNumbers;
}

@ApiSchema({ name: 'StatisticsPreviousDay' })
export class GroupPreviousDay extends GroupNumbers {
  @ResponseField('string', '2026-10-02', { format: 'date' })
  date!: string;
}

@ApiSchema({ name: 'StatisticsDay' })
export class GroupDay extends GroupNumbers {
  @ResponseField('string', '2026-11-01', { format: 'date' })
  date!: string;

  @ResponseField(() => GroupPreviousDay, undefined, {
    description: 'The day of the previous period with the same number.',
  })
  previous!: GroupPreviousDay;
}

@ApiSchema({ name: 'StatisticsComparedTeam' })
export class ComparedTeam {
  @ResponseIdField()
  team_id!: string;

  @ResponseField('string', 'Berlin')
  team_name!: string;

  @ResponseField('integer', 12)
  members!: number;

  @ResponseField(() => GroupNumbers, undefined, { nullable: true })
  current!: GroupNumbers | null;

  @ResponseField(() => GroupNumbers, undefined, { nullable: true })
  previous!: GroupNumbers | null;
}

@ApiSchema({ name: 'StatisticsComparison' })
export class TeamComparison {
  @ResponseField('boolean', false, {
    description:
      'True when a team, or the members in neither team, are fewer than 5: then the numbers of both teams are null.',
  })
  hidden!: boolean;

  @ResponseListField(() => ComparedTeam, undefined, '`team_id` and `compare_team_id`.')
  teams!: ComparedTeam[];

  @ResponseField('integer', 16, { description: 'Members of the organization who are in neither team.' })
  remainder!: number;
}

@ApiSchema({ name: 'EngagementStatistics' })
export class DashboardResponse extends StatisticsFrame {
  @ResponseField(() => GroupTotals)
  totals!: GroupTotals;

  @ResponseListField(() => GroupDay, undefined, 'Every day of the period, the oldest first.')
  by_day!: GroupDay[];

  @ResponseField(() => TeamComparison, undefined, {
    nullable: true,
    description: 'With `compare_team_id`.',
  })
  comparison!: TeamComparison | null;

  @ResponseListField(
    () => DirectoryMember,
    undefined,
    'In the order in which they joined; 1,000 without `limit`. More have the `Link` header.',
  )
  members!: DirectoryMember[];
}
