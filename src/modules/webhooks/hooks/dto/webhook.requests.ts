import { ORGANIZATION_EVENT_TYPES, type OrganizationEventType } from '@/platform/events/index.js';
import {
  BooleanField,
  EnumListField,
  NameField,
  ReadOnlyField,
  TextField,
} from '@/platform/validation/index.js';

const URL_FIELD = {
  max: 2000,
  description:
    'An `https` address that is reachable on the Internet. Addresses of private networks are refused, unless the server allows them.',
  example: 'https://hooks.example.com/xentree',
};
const EVENTS = { description: 'The events that are delivered.', example: ['member.added', 'member.removed'] };
const DESCRIPTION = { optional: true, nullable: true, max: 200, example: 'Staff directory' };

export class CreateWebhookRequest {
  @TextField(URL_FIELD)
  url!: string;

  @EnumListField(ORGANIZATION_EVENT_TYPES, EVENTS)
  events!: OrganizationEventType[];

  @NameField(DESCRIPTION)
  description?: string | null;
}

export class UpdateWebhookRequest {
  @TextField({ ...URL_FIELD, optional: true })
  url?: string;

  @EnumListField(ORGANIZATION_EVENT_TYPES, { ...EVENTS, optional: true })
  events?: OrganizationEventType[];

  @NameField(DESCRIPTION)
  description?: string | null;

  @BooleanField({
    optional: true,
    description: 'False switches the webhook off and ends its pending deliveries. True switches it on again.',
  })
  enabled?: boolean;

  @ReadOnlyField() id?: unknown;
  @ReadOnlyField() organization_id?: unknown;
  @ReadOnlyField() disabled_reason?: unknown;
  @ReadOnlyField() last_success_at?: unknown;
  @ReadOnlyField() created_by?: unknown;
  @ReadOnlyField() created_at?: unknown;
  @ReadOnlyField() updated_at?: unknown;
}
