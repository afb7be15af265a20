import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseTimestampField,
  ResponseListField,
} from '@/platform/openapi/index.js';
import type { ApiKeyRow } from '../persistence/api-key.repository.js';

@ApiSchema({ name: 'APIKeyResponse' })
export class ApiKeyResponse {
  @ResponseIdField()
  id!: string;

  @ResponseField('string', 'Nightly export')
  name!: string;

  @ResponseField('string', 'xntr-k4J0xQe', { description: 'The first characters of the key.' })
  key_prefix!: string;

  @ResponseIdField()
  organization_id!: string;

  @ResponseListField('string', ['conversations:read'])
  scopes!: string[];

  @ResponseListField('string', ['203.0.113.0/24'])
  allowed_ips!: string[];

  @ResponseTimestampField({ nullable: true })
  expires_at!: string | null;

  @ResponseIdField({ description: 'The user who created the key; it acts on behalf of this user.' })
  created_by!: string;

  @ResponseTimestampField()
  created_at!: string;

  @ResponseTimestampField({ nullable: true, description: 'Updated at most once a minute.' })
  last_used_at!: string | null;

  @ResponseField('boolean', false, {
    description:
      'True after a password reset or a deactivation of its creator; reactivate the key with `resume`.',
  })
  suspended!: boolean;

  static from(row: ApiKeyRow): ApiKeyResponse {
    return {
      id: row.id,
      name: row.name,
      key_prefix: row.key_prefix,
      organization_id: row.organization_id,
      scopes: row.scopes,
      allowed_ips: row.allowed_ips,
      expires_at: row.expires_at?.toISOString() ?? null,
      created_by: row.created_by,
      created_at: row.created_at.toISOString(),
      last_used_at: row.last_used_at?.toISOString() ?? null,
      suspended: row.suspended,
    };
  }
}

@ApiSchema({ name: 'NewAPIKeyResponse' })
export class NewApiKeyResponse extends ApiKeyResponse {
  @ResponseField('string', `xntr-${'k4J0xQe_'.repeat(10)}k4J0xQ`, {
    description: 'The complete key. It is returned only in this response.',
  })
  key!: string;
}
