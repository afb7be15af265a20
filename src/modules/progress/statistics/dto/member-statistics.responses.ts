import { type Role, ROLES } from '@/platform/access/index.js';
import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseListField,
  ResponseTimestampField,
} from '@/platform/openapi/index.js';
import type { DirectoryRow, MemberRow } from '../persistence/member-statistics.repository.js';
import { MemberNumbers, StatisticsFrame, StatisticsNumbers } from './statistics-numbers.responses.js';

@ApiSchema({ name: 'StatisticsMember' })
export class MemberStatistics extends MemberNumbers {
  @ResponseIdField()
  user_id!: string;

  @ResponseField('string', 'ada')
  username!: string;

  @ResponseField('string', 'Ada Lovelace', { description: 'The full name, else the username.' })
  name!: string;

  @ResponseField('string', 'member', { enum: ROLES })
  role!: Role;

  @ResponseTimestampField({ description: 'Earlier activity does not count.' })
  joined_at!: string;

  @ResponseField('string', '2026-11-27', { format: 'date', nullable: true })
  last_activity!: string | null;

  @ResponseField(() => MemberNumbers)
  previous!: MemberNumbers;

  static override from(row: MemberRow): MemberStatistics {
    const { user_id, username, name, role, last_activity } = row;
    return {
      user_id,
      username,
      name,
      role,
      joined_at: row.joined_at.toISOString(),
      last_activity,
      ...MemberNumbers.from(row),
      previous: MemberNumbers.from(row, 'previous_'),
    };
  }
}

@ApiSchema({ name: 'StatisticsAffiliation' })
class Affiliation {
  @ResponseIdField()
  organization_id!: string;

  @ResponseField('string', 'Brightpath Learning')
  organization_name!: string;

  @ResponseIdField({ nullable: true, description: 'Null for a member without a team.' })
  team_id!: string | null;

  @ResponseField('string', 'Berlin', { nullable: true })
  team_name!: string | null;

  @ResponseField('string', 'member', { enum: ROLES })
  role!: Role;
}

@ApiSchema({ name: 'StatisticsDirectoryMember' })
export class DirectoryMember extends MemberStatistics {
  @ResponseListField('string', ['Brightpath Learning'], 'The organization of this response.')
  organizations!: string[];

  @ResponseListField('string', ['Berlin'], 'Of a team manager: only teams that they manage.')
  teams!: string[];

  @ResponseListField(() => Affiliation, undefined, 'One for each of `teams`.')
  affiliations!: Affiliation[];

  static fromDirectory(
    row: DirectoryRow,
    { organization_id, organization_name }: Pick<StatisticsFrame, 'organization_id' | 'organization_name'>,
  ): DirectoryMember {
    const teams = row.teams ?? [];
    const places = teams.length > 0 ? teams : [{ id: null, name: null }];
    return {
      ...MemberStatistics.from(row),
      organizations: [organization_name],
      teams: teams.map(({ name }) => name),
      affiliations: places.map(({ id: team_id, name: team_name }) => ({
        organization_id,
        organization_name,
        team_id,
        team_name,
        role: row.role,
      })),
    };
  }
}

@ApiSchema({ name: 'StatisticsMemberPreviousDay' })
export class MemberPreviousDay extends StatisticsNumbers {
  @ResponseField('string', '2026-10-02', { format: 'date' })
  date!: string;
}

@ApiSchema({ name: 'StatisticsMemberDay' })
export class MemberDayStatistics extends StatisticsNumbers {
  @ResponseField('string', '2026-11-01', { format: 'date' })
  date!: string;

  @ResponseField(() => MemberPreviousDay, undefined, {
    description: 'The day of the previous period with the same number.',
  })
  previous!: MemberPreviousDay;
}

@ApiSchema({ name: 'MemberStatisticsResponse' })
export class MemberStatisticsResponse extends StatisticsFrame {
  @ResponseField(() => DirectoryMember)
  member!: DirectoryMember;

  @ResponseListField(() => MemberDayStatistics, undefined, 'Every day of the period, the oldest first.')
  by_day!: MemberDayStatistics[];
}

@ApiSchema({ name: 'ProgressMembersResponse' })
export class ProgressMembersResponse extends StatisticsFrame {
  @ResponseListField(() => MemberStatistics)
  items!: MemberStatistics[];

  @ResponseField('integer', 40)
  total!: number;

  @ResponseField('integer', 1)
  page!: number;

  @ResponseField('integer', 20)
  limit!: number;
}
