import { ResponseField, ResponseIdField, ResponseTimestampField } from '@/platform/openapi/index.js';
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

  @ResponseField('string', 'owner', { enum: ROLES, description: 'Your role in the organization.' })
  role!: Role;

  @ResponseField('integer', 12)
  member_count!: number;

  @ResponseField('boolean', false, {
    description: 'Whether only sessions that used a second factor have access.',
  })
  enforce_2fa!: boolean;

  @ResponseField('integer', null, {
    nullable: true,
    description: 'Days that transcripts of live sessions are kept. Null: until they are deleted.',
  })
  transcript_retention_days!: number | null;

  @ResponseTimestampField()
  created_at!: string;

  @ResponseTimestampField()
  updated_at!: string;

  static from(row: OrganizationRow): OrganizationResponse {
    return {
      id: row.id,
      name: row.name,
      slug: row.slug,
      description: row.description,
      role: row.role,
      member_count: row.member_count,
      enforce_2fa: row.enforce_2fa,
      transcript_retention_days: row.transcript_retention_days,
      created_at: row.created_at.toISOString(),
      updated_at: row.updated_at.toISOString(),
    };
  }
}
