import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseListField,
  ResponseTimestampField,
} from '@/platform/openapi/index.js';
import type { Webhook } from '../persistence/webhook.entity.js';

@ApiSchema({ name: 'WebhookResponse' })
export class WebhookResponse {
  @ResponseIdField()
  id!: string;

  @ResponseIdField()
  organization_id!: string;

  @ResponseField('string', 'https://hooks.example.com/xentree')
  url!: string;

  @ResponseListField('string', ['member.added', 'member.removed'])
  events!: string[];

  @ResponseField('string', 'Staff directory', { nullable: true })
  description!: string | null;

  @ResponseField('boolean', true)
  enabled!: boolean;

  @ResponseField('string', null, {
    nullable: true,
    enum: ['requested', 'failing'],
    description:
      'Why the webhook is switched off: `requested` by a member, or `failing` for three days. Null while it is on.',
  })
  disabled_reason!: string | null;

  @ResponseTimestampField({
    nullable: true,
    description: 'When a delivery last succeeded; updated at most once a minute.',
  })
  last_success_at!: string | null;

  @ResponseIdField({ nullable: true, description: 'Null after the account of the creator was deleted.' })
  created_by!: string | null;

  @ResponseTimestampField()
  created_at!: string;

  @ResponseTimestampField()
  updated_at!: string;

  static from(row: Webhook): WebhookResponse {
    return {
      id: row.id,
      organization_id: row.organization_id,
      url: row.url,
      events: row.events,
      description: row.description,
      enabled: row.enabled,
      disabled_reason: row.disabled_reason,
      last_success_at: row.last_success_at?.toISOString() ?? null,
      created_by: row.created_by,
      created_at: row.created_at.toISOString(),
      updated_at: row.updated_at.toISOString(),
    };
  }
}

@ApiSchema({ name: 'NewWebhookResponse' })
export class NewWebhookResponse extends WebhookResponse {
  @ResponseField('string', `whsec_${'k4J0xQe/'.repeat(5)}k4I=`, {
    nullable: true,
    description:
      'The secret that signs the deliveries. It is returned only in this response; null when the response of a repeated `Idempotency-Key` is replayed.',
  })
  secret!: string | null;
}
