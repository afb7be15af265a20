import {
  type Permission,
  PERMISSIONS,
  type Role,
  ROLES,
} from '@/modules/organizations/organizations.rules.js';
import { ApiSchema, ResponseField, ResponseIdField, ResponseListField } from '@/platform/openapi/index.js';
import { EnumField, IdField } from '@/platform/validation/index.js';

export const PERMISSION_NAMES = Object.keys(PERMISSIONS) as Permission[];

export class AccessExplanationQuery {
  @EnumField(PERMISSION_NAMES, { example: 'members.remove' })
  action!: Permission;

  @IdField({ optional: true, description: 'The user whose access is explained; you when absent.' })
  user_id?: string;

  @IdField({ optional: true, description: 'The member on whom the action would be performed.' })
  target_user_id?: string;
}

@ApiSchema({ name: 'AccessCheck' })
export class AccessCheckResponse {
  @ResponseField('string', 'role', {
    enum: ['membership', 'account', 'second_factor', 'role', 'target', 'last_owner'],
  })
  rule!: string;

  @ResponseField('boolean', false)
  passed!: boolean;

  @ResponseField(
    'string',
    'members.remove requires one of the roles owner, admin; the user has the role member.',
  )
  message!: string;
}

@ApiSchema({ name: 'AccessExplanation' })
export class AccessExplanationResponse {
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
    description: 'Null when the user is not a member.',
  })
  role!: Role | null;

  @ResponseField('string', 'role', {
    description: 'The rule that decided: the first failed rule, else `role`.',
  })
  rule!: string;

  @ResponseListField('string', ['owner', 'admin'])
  roles_allowed!: readonly Role[];

  @ResponseListField(() => AccessCheckResponse)
  checks!: AccessCheckResponse[];

  @ResponseListField(
    'string',
    ['An owner, or a member with a role above admin, must give them the role admin.'],
    'What must change so that the action is allowed.',
  )
  would_change!: string[];
}
