import { type Role, ROLES } from '@/modules/organizations/organizations.rules.js';
import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import { Shows, ShowsId, ShowsInstant, ShowsList } from '@/platform/openapi/response-fields.js';
import type { MemberRow } from '../persistence/membership.repository.js';

@ApiSchema({ name: 'TeamName' })
class TeamName {
  @ShowsId()
  id!: string;

  @Shows('string', 'Berlin')
  name!: string;
}

export class MemberResponse {
  @ShowsId()
  user_id!: string;

  @Shows('string', 'ada')
  username!: string;

  @Shows('string', 'ada@example.com')
  email!: string;

  @Shows('string', 'member', { enum: ROLES })
  role!: Role;

  @ShowsId()
  organization_id!: string;

  @ShowsId({ nullable: true, description: 'The first of `teams`.' })
  team_id!: string | null;

  @ShowsList(() => TeamName, undefined, 'In the order the member joined them.')
  teams!: TeamName[];

  @ShowsInstant()
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
