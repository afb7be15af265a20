import { type Role, ROLES } from '@/modules/organizations/organizations.rules.js';
import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseTimestampField,
  ResponseListField,
} from '@/platform/openapi/index.js';
import type { MemberRow } from '../persistence/membership.repository.js';

@ApiSchema({ name: 'TeamName' })
class TeamName {
  @ResponseIdField()
  id!: string;

  @ResponseField('string', 'Berlin')
  name!: string;
}

export class MemberResponse {
  @ResponseIdField()
  user_id!: string;

  @ResponseField('string', 'ada')
  username!: string;

  @ResponseField('string', 'ada@example.com')
  email!: string;

  @ResponseField('string', 'member', { enum: ROLES })
  role!: Role;

  @ResponseIdField()
  organization_id!: string;

  @ResponseIdField({ nullable: true, description: 'The id of the first team in `teams`.' })
  team_id!: string | null;

  @ResponseListField(() => TeamName, undefined, 'In the order in which the member joined them.')
  teams!: TeamName[];

  @ResponseTimestampField()
  joined_at!: string;

  static from(row: MemberRow): MemberResponse {
    const teams = row.teams ?? [];
    return {
      user_id: row.user_id,
      username: row.username,
      email: row.email,
      role: row.role,
      organization_id: row.organization_id,
      team_id: teams[0]?.id ?? null,
      teams,
      joined_at: row.joined_at.toISOString(),
    };
  }
}
