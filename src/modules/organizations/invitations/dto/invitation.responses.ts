import { type Role, ROLES } from '@/modules/organizations/organizations.rules.js';
import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import { Shows, ShowsId, ShowsInstant } from '@/platform/openapi/response-fields.js';
import type { InvitationStatus } from '../persistence/invitation.entity.js';
import type { InvitationRow, Offer } from '../persistence/invitation.repository.js';

@ApiSchema({ name: 'Invitation' })
export class InvitationResponse {
  @ShowsId()
  id!: string;

  @Shows('string', 'grace@example.com')
  email!: string;

  @Shows('string', 'member', { enum: ROLES })
  role!: Role;

  @Shows('string', 'pending', { enum: ['pending', 'accepted', 'revoked'] })
  status!: InvitationStatus;

  @Shows('string', 'ada@example.com', { nullable: true })
  invited_by_email!: string | null;

  @ShowsInstant()
  created_at!: string;

  @ShowsInstant()
  expires_at!: string;

  @ShowsInstant({ nullable: true })
  accepted_at!: string | null;

  static from(row: InvitationRow): InvitationResponse {
    const { id, email, role, status, invited_by_email } = row;
    return {
      id,
      email,
      role,
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
  @Shows('string', 'grace@example.com', { nullable: true })
  email!: string | null;

  @Shows('string', 'Acme Learning', { nullable: true })
  organization_name!: string | null;

  @Shows('string', 'member', { nullable: true, enum: ROLES })
  role!: Role | null;

  @Shows('boolean', true)
  is_valid!: boolean;

  static from(offer: Offer | undefined): InvitationValidity {
    return {
      email: offer?.email ?? null,
      organization_name: offer?.organization_name ?? null,
      role: offer?.role ?? null,
      is_valid: offer !== undefined,
    };
  }
}
