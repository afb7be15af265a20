import { type Scope, SCOPES } from '@/platform/access/scopes.js';
import { PageQuery } from '@/platform/pagination/page.js';
import { that } from '@/platform/validation/field-rules.js';
import { Choices, Identifier, Instant, Name, Texts } from '@/platform/validation/fields.js';
import { isAddressRange } from '../api-keys.rules.js';

export class ApiKeyQuery extends PageQuery {
  @Identifier({ optional: true, description: 'Only keys of this organization.' })
  organization_id?: string;
}

export class CreateApiKeyRequest {
  @Name({ max: 100, example: 'Nightly export' })
  name!: string;

  @Identifier({ description: 'The one organization the key works in.' })
  organization_id!: string;

  @Choices(SCOPES, { example: ['conversations:read'] })
  scopes!: Scope[];

  @Texts({
    optional: true,
    max: 50,
    most: 100,
    also: [that<string>('address', 'must be an IP address or a CIDR range', isAddressRange)],
    example: ['203.0.113.0/24'],
    description: 'Where it may be used from; anywhere when empty.',
  })
  allowed_ips: string[] = [];

  @Instant({ optional: true, nullable: true, description: 'In the future; never when absent.' })
  expires_at?: Date | null;
}
