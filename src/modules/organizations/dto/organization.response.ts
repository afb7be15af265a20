import {
  ResponseField,
  ResponseIdField,
  ResponseTimestampField,
} from '@/platform/openapi/response-fields.js';
import { type Role, ROLES } from '../organizations.rules.js';
import type { OrganizationRow } from '../persistence/organization.repository.js';

export class OrganizationResponse {
  @ResponseIdField()
  id!: string;

  @ResponseField('string', 'Acme Learning')
  name!: string;

  @ResponseField('string', 'acme-learning')
  slug!: string;

  @ResponseField('string', 'Workspace for team learning and collaboration', { nullable: true })
  description!: string | null;

  @ResponseField('string', 'owner', { enum: ROLES, description: 'Your role in it.' })
  role!: Role;

  @ResponseField('integer', 12)
  member_count!: number;

  @ResponseField('boolean', false, { description: 'Open only to sessions that used a second factor.' })
  enforce_2fa!: boolean;

  @ResponseTimestampField()
  created_at!: string;

  @ResponseTimestampField()
  updated_at!: string;

  static from(row: OrganizationRow): OrganizationResponse {
    const { id, name, slug, description, role, member_count, enforce_2fa } = row;
    const timestamps = { created_at: row.created_at.toISOString(), updated_at: row.updated_at.toISOString() };
    return { id, name, slug, description, role, member_count, enforce_2fa, ...timestamps };
  }
}
