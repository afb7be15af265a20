import { Shows, ShowsId, ShowsInstant } from '@/platform/openapi/response-fields.js';
import { type Role, ROLES } from '../organizations.rules.js';
import type { OrganizationRow } from '../persistence/organization.repository.js';

export class OrganizationResponse {
  @ShowsId()
  id!: string;

  @Shows('string', 'Acme Learning')
  name!: string;

  @Shows('string', 'acme-learning')
  slug!: string;

  @Shows('string', 'Workspace for team learning and collaboration', { nullable: true })
  description!: string | null;

  @Shows('string', 'owner', { enum: ROLES, description: 'Your role in it.' })
  role!: Role;

  @Shows('integer', 12)
  member_count!: number;

  @Shows('boolean', false, { description: 'Open only to sessions that used a second factor.' })
  enforce_2fa!: boolean;

  @ShowsInstant()
  created_at!: string;

  @ShowsInstant()
  updated_at!: string;

  static from(row: OrganizationRow): OrganizationResponse {
    const { id, name, slug, description, role, member_count, enforce_2fa } = row;
    const times = { created_at: row.created_at.toISOString(), updated_at: row.updated_at.toISOString() };
    return { id, name, slug, description, role, member_count, enforce_2fa, ...times };
  }
}
