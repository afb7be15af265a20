import { type Role, ROLES } from '@/modules/organizations/organizations.rules.js';
import { PageQuery } from '@/platform/pagination/page.js';
import { Choice, EmailAddress, Identifier, ReadOnly, Text } from '@/platform/validation/fields.js';

export class MemberQuery extends PageQuery {
  @Identifier({ optional: true, description: 'Only members of this team.' })
  team_id?: string;
}

/** Exactly one of `user_id`, `email` and `username`. */
export class AddMemberRequest {
  @Identifier({ optional: true })
  user_id?: string;

  @EmailAddress({ optional: true })
  email?: string;

  @Text({ optional: true, trim: true, lowercase: true, max: 32, example: 'ada' })
  username?: string;

  @Choice(ROLES, { optional: true, example: 'member' })
  role: Role = 'member';
}

export class ChangeRoleRequest {
  @Choice(ROLES, { example: 'admin' })
  role!: Role;
}

/** Role, organization and team in one call; an absent field stays as it is. */
export class UpdateMemberRequest {
  @Choice(ROLES, { optional: true, example: 'team_manager' })
  role?: Role;

  @Identifier({
    optional: true,
    description: 'Moves the member; you must be an admin of both organizations.',
  })
  organization_id?: string;

  @Identifier({
    optional: true,
    nullable: true,
    description: 'The team the member is in from now on; null for none.',
  })
  team_id?: string | null;

  @ReadOnly()
  user_id?: unknown;

  @ReadOnly()
  username?: unknown;

  @ReadOnly()
  email?: unknown;

  @ReadOnly()
  joined_at?: unknown;

  @ReadOnly()
  teams?: unknown;
}
