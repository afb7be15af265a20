import {
  type Permission,
  PERMISSIONS,
  type Role,
  ROLES,
} from '@/modules/organizations/organizations.rules.js';
import { ResponseField, ResponseIdField, ResponseListField } from '@/platform/openapi/response-fields.js';
import { EnumField, IdField } from '@/platform/validation/fields.js';

export const PERMISSION_NAMES = Object.keys(PERMISSIONS) as Permission[];

export class AccessQuery {
  @EnumField(PERMISSION_NAMES, { example: 'members.remove' })
  action!: Permission;

  @IdField({ optional: true, description: 'Whose rights; your own when absent.' })
  user_id?: string;

  @IdField({ optional: true, description: 'The member it would be done to.' })
  target_user_id?: string;
}

export class AccessCheck {
  @ResponseField('string', 'role', {
    enum: ['membership', 'account', 'second_factor', 'role', 'target', 'last_owner'],
  })
  rule!: string;

  @ResponseField('boolean', false)
  passed!: boolean;

  @ResponseField('string', 'members.remove is open to owner, admin; this role is member.')
  message!: string;
}

export class AccessExplanation {
  @ResponseField('boolean', false)
  allowed!: boolean;

  @ResponseIdField()
  organization_id!: string;

  @ResponseIdField()
  user_id!: string;

  @ResponseField('string', 'members.remove', { enum: PERMISSION_NAMES })
  action!: Permission;

  @ResponseField('string', 'member', {
    nullable: true,
    enum: ROLES,
    description: 'Null for who is no member.',
  })
  role!: Role | null;

  @ResponseField('string', 'role', {
    description: 'The rule that decided: the first that failed, else `role`.',
  })
  rule!: string;

  @ResponseListField('string', ['owner', 'admin'])
  roles_allowed!: readonly Role[];

  @ResponseListField(() => AccessCheck)
  checks!: AccessCheck[];

  @ResponseListField(
    'string',
    ['An owner or admin gives them the role admin.'],
    'What would change the decision.',
  )
  would_change!: string[];
}
