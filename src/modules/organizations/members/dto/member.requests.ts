import { type Role, ROLES } from '@/modules/organizations/organizations.rules.js';
import { PageQuery } from '@/platform/pagination/index.js';
import { EnumField, EmailField, IdField, ReadOnlyField, TextField } from '@/platform/validation/index.js';

export class MemberQuery extends PageQuery {
  @IdField({ optional: true, description: 'Only members of this team.' })
  team_id?: string;
}

/** The client gives exactly one of `user_id`, `email` and `username`. */
export class AddMemberRequest {
  @IdField({ optional: true })
  user_id?: string;

  @EmailField({ optional: true })
  email?: string;

  @TextField({ optional: true, trim: true, lowercase: true, max: 32, example: 'ada' })
  username?: string;

  @EnumField(ROLES, { optional: true, example: 'member' })
  role: Role = 'member';
}

export class ChangeRoleRequest {
  @EnumField(ROLES, { example: 'admin' })
  role!: Role;
}

/** A partial update: an absent field keeps its value. */
export class UpdateMemberRequest {
  @EnumField(ROLES, { optional: true, example: 'team_manager' })
  role?: Role;

  @IdField({
    optional: true,
    description:
      'Moves the member to this organization. You must be an owner or admin of both organizations.',
  })
  organization_id?: string;

  @IdField({
    optional: true,
    nullable: true,
    description:
      'Moves the member into this team and out of all others; null removes the member from all teams.',
  })
  team_id?: string | null;

  @ReadOnlyField()
  user_id?: unknown;

  @ReadOnlyField()
  username?: unknown;

  @ReadOnlyField()
  email?: unknown;

  @ReadOnlyField()
  joined_at?: unknown;

  @ReadOnlyField()
  teams?: unknown;
}
