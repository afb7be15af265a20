import { type Scope, SCOPES } from '@/platform/access/index.js';
import { PageQuery } from '@/platform/pagination/index.js';
import {
  customRule,
  EnumListField,
  IdField,
  TimestampField,
  NameField,
  TextListField,
} from '@/platform/validation/index.js';
import { isAddressRange } from '../allowed-addresses.rules.js';

export class ApiKeyQuery extends PageQuery {
  @IdField({ optional: true, description: 'Only keys of this organization.' })
  organization_id?: string;
}

export class CreateApiKeyRequest {
  @NameField({ max: 100, example: 'Nightly export' })
  name!: string;

  @IdField({ description: 'The organization the key gives access to.' })
  organization_id!: string;

  @EnumListField(SCOPES, { example: ['conversations:read'] })
  scopes!: Scope[];

  @TextListField({
    optional: true,
    max: 50,
    maxItems: 100,
    rules: [customRule<string>('address', 'must be an IP address or a CIDR range', isAddressRange)],
    description:
      'Addresses and networks the key can be used from, such as `203.0.113.0/24`; any address when empty.',
  })
  allowed_ips: string[] = [];

  @TimestampField({
    optional: true,
    nullable: true,
    description: 'Must be in the future. Absent or null: the key does not expire.',
  })
  expires_at?: Date | null;
}
