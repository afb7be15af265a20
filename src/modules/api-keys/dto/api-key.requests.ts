import { type Scope, SCOPES } from '@/platform/access/scopes.js';
import { PageQuery } from '@/platform/pagination/page.js';
import { customRule } from '@/platform/validation/field-rules.js';
import {
  EnumListField,
  IdField,
  TimestampField,
  NameField,
  TextListField,
} from '@/platform/validation/fields.js';
import { isAddressRange } from '../api-keys.rules.js';

export class ApiKeyQuery extends PageQuery {
  @IdField({ optional: true, description: 'Only keys of this organization.' })
  organization_id?: string;
}

export class CreateApiKeyRequest {
  @NameField({ max: 100, example: 'Nightly export' })
  name!: string;

  @IdField({ description: 'The one organization the key works in.' })
  organization_id!: string;

  @EnumListField(SCOPES, { example: ['conversations:read'] })
  scopes!: Scope[];

  @TextListField({
    optional: true,
    max: 50,
    maxItems: 100,
    rules: [customRule<string>('address', 'must be an IP address or a CIDR range', isAddressRange)],
    example: ['203.0.113.0/24'],
    description: 'Where it may be used from; anywhere when empty.',
  })
  allowed_ips: string[] = [];

  @TimestampField({ optional: true, nullable: true, description: 'In the future; never when absent.' })
  expires_at?: Date | null;
}
