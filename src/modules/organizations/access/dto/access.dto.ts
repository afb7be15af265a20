import {
  type Permission,
  PERMISSIONS,
  type Role,
  ROLES,
} from '@/modules/organizations/organizations.rules.js';
import { Shows, ShowsId, ShowsList } from '@/platform/openapi/response-fields.js';
import { Choice, Identifier } from '@/platform/validation/fields.js';

export const ACTIONS = Object.keys(PERMISSIONS) as Permission[];

export class AccessQuery {
  @Choice(ACTIONS, { example: 'members.remove' })
  action!: Permission;

  @Identifier({ optional: true, description: 'Whose rights; your own when absent.' })
  user_id?: string;

  @Identifier({ optional: true, description: 'The member it would be done to.' })
  target_user_id?: string;
}

export class AccessCheck {
  @Shows('string', 'role', {
    enum: ['membership', 'account', 'second_factor', 'role', 'target', 'last_owner'],
  })
  rule!: string;

  @Shows('boolean', false)
  passed!: boolean;

  @Shows('string', 'members.remove is open to owner, admin; this role is member.')
  message!: string;
}

export class AccessExplanation {
  @Shows('boolean', false)
  allowed!: boolean;

  @ShowsId()
  organization_id!: string;

  @ShowsId()
  user_id!: string;

  @Shows('string', 'members.remove', { enum: ACTIONS })
  action!: Permission;

  @Shows('string', 'member', { nullable: true, enum: ROLES, description: 'Null for who is no member.' })
  role!: Role | null;

  @Shows('string', 'role', { description: 'The rule that decided: the first that failed, else `role`.' })
  rule!: string;

  @ShowsList('string', ['owner', 'admin'])
  roles_allowed!: readonly Role[];

  @ShowsList(() => AccessCheck)
  checks!: AccessCheck[];

  @ShowsList('string', ['An owner or admin gives them the role admin.'], 'What would change the decision.')
  would_change!: string[];
}
