import { toXcRole } from '@/modules/organizations/organizations.rules.js';
import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseTimestampField,
} from '@/platform/openapi/index.js';
import type { InvitationStatus } from '../persistence/invitation.entity.js';
import type { InvitationRow, InvitationDetails } from '../persistence/invitation.repository.js';

@ApiSchema({ name: 'Invitation' })
export class InvitationResponse {
  @ResponseIdField()
  id!: string;

  @ResponseField('string', 'grace@example.com')
  email!: string;

  @ResponseField('string', 'member', { enum: ['admin', 'member'] })
  role!: 'admin' | 'member';

  @ResponseField('string', 'pending', { enum: ['pending', 'accepted', 'revoked'] })
  status!: InvitationStatus;

  @ResponseField('string', 'ada@example.com', { nullable: true })
  invited_by_email!: string | null;

  @ResponseTimestampField()
  created_at!: string;

  @ResponseTimestampField()
  expires_at!: string;

  @ResponseTimestampField({ nullable: true })
  accepted_at!: string | null;

  static from(row: InvitationRow): InvitationResponse {
    const { id, email, role, status, invited_by_email } = row;
    return {
      id,
      email,
      role: toXcRole(role),
      status,
      invited_by_email,
      created_at: row.created_at.toISOString(),
      expires_at: row.expires_at.toISOString(),
      accepted_at: row.accepted_at?.toISOString() ?? null,
    };
  }
}

@ApiSchema({ name: 'InvitationValidity' })
export class InvitationValidity {
  @ResponseField('string', 'grace@example.com', { nullable: true })
  email!: string | null;

  @ResponseField('string', 'Acme Learning', { nullable: true })
  organization_name!: string | null;

  @ResponseField('string', 'member', { nullable: true, enum: ['admin', 'member'] })
  role!: 'admin' | 'member' | null;

  @ResponseField('boolean', true)
  is_valid!: boolean;

  static from(invitation: InvitationDetails | undefined): InvitationValidity {
    return {
      email: invitation?.email ?? null,
      organization_name: invitation?.organization_name ?? null,
      role: invitation ? toXcRole(invitation.role) : null,
      is_valid: invitation !== undefined,
    };
  }
}
