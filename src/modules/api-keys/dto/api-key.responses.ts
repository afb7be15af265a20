import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import { Shows, ShowsId, ShowsInstant, ShowsList } from '@/platform/openapi/response-fields.js';
import type { KeyRow } from '../persistence/api-key.repository.js';

@ApiSchema({ name: 'APIKeyResponse' })
export class ApiKeyResponse {
  @ShowsId()
  id!: string;

  @Shows('string', 'Nightly export')
  name!: string;

  @Shows('string', 'xntr-k4J0xQe', { description: 'The first characters of the key.' })
  key_prefix!: string;

  @ShowsId()
  organization_id!: string;

  @ShowsList('string', ['conversations:read'])
  scopes!: string[];

  @ShowsList('string', ['203.0.113.0/24'])
  allowed_ips!: string[];

  @ShowsInstant({ nullable: true })
  expires_at!: string | null;

  @ShowsId({ description: 'Who made it, and in whose name it acts.' })
  created_by!: string;

  @ShowsInstant()
  created_at!: string;

  @ShowsInstant({ nullable: true, description: 'To the minute.' })
  last_used_at!: string | null;

  @Shows('boolean', false, {
    description: 'Stands still since the password of its maker was reset; `resume` takes it up again.',
  })
  suspended!: boolean;

  static from(row: KeyRow): ApiKeyResponse {
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
  @Shows('string', `xntr-${'k4J0xQe_'.repeat(10)}k4J0xQ`, {
    description: 'The whole key: shown now and never again.',
  })
  key!: string;
}
