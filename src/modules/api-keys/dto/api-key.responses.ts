import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import {
  ResponseField,
  ResponseIdField,
  ResponseTimestampField,
  ResponseListField,
} from '@/platform/openapi/response-fields.js';
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

  @ResponseIdField({ description: 'Who made it, and in whose name it acts.' })
  created_by!: string;

  @ResponseTimestampField()
  created_at!: string;

  @ResponseTimestampField({ nullable: true, description: 'To the minute.' })
  last_used_at!: string | null;

  @ResponseField('boolean', false, {
    description: 'Stands still since the password of its maker was reset; `resume` takes it up again.',
  })
  suspended!: boolean;

  static from(row: ApiKeyRow): ApiKeyResponse {
    const { id, name, key_prefix, organization_id, scopes, allowed_ips, created_by, suspended } = row;
    return {
      ...{ id, name, key_prefix, organization_id, scopes, allowed_ips },
      expires_at: row.expires_at?.toISOString() ?? null,
      created_by,
      created_at: row.created_at.toISOString(),
      last_used_at: row.last_used_at?.toISOString() ?? null,
      suspended,
    };
  }
}

@ApiSchema({ name: 'NewAPIKeyResponse' })
export class NewApiKeyResponse extends ApiKeyResponse {
  @ResponseField('string', `xntr-${'k4J0xQe_'.repeat(10)}k4J0xQ`, {
    description: 'The whole key: shown now and never again.',
  })
  key!: string;
}
