import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseTimestampField,
} from '@/platform/openapi/index.js';
import { DELIVERY_STATES, FAILURE_REASONS, STATUS_CLASSES } from '../delivery.rules.js';
import type { WebhookDelivery } from '../persistence/webhook-delivery.entity.js';

@ApiSchema({ name: 'WebhookDeliveryResponse' })
export class WebhookDeliveryResponse {
  @ResponseIdField({ description: 'The `webhook-id` of every attempt.' })
  id!: string;

  @ResponseIdField()
  webhook_id!: string;

  @ResponseField('string', 'member.added', { description: 'The event, or `webhook.test`.' })
  type!: string;

  @ResponseField('string', 'delivered', { enum: DELIVERY_STATES })
  state!: string;

  @ResponseField('integer', 1, { description: 'Attempts so far.' })
  attempts!: number;

  @ResponseField('string', '2xx', {
    nullable: true,
    enum: STATUS_CLASSES,
    description: 'Class of the status of the last response; null without a response.',
  })
  status_class!: string | null;

  @ResponseField('string', null, {
    nullable: true,
    enum: FAILURE_REASONS,
    description: 'Why the last attempt failed; null after a success.',
  })
  reason!: string | null;

  @ResponseField('integer', 200, {
    nullable: true,
    description: 'Milliseconds of the last attempt, rounded to 100.',
  })
  duration_ms!: number | null;

  @ResponseTimestampField()
  created_at!: string;

  @ResponseTimestampField({ nullable: true, description: 'The last attempt.' })
  attempted_at!: string | null;

  @ResponseTimestampField({ nullable: true, description: 'Null when the delivery is not pending.' })
  next_attempt_at!: string | null;

  static from(row: WebhookDelivery): WebhookDeliveryResponse {
    return {
      id: row.id,
      webhook_id: row.webhook_id,
      type: row.type,
      state: row.state,
      attempts: row.attempts,
      status_class: row.status_class,
      reason: row.reason,
      duration_ms: row.duration_ms,
      created_at: row.created_at.toISOString(),
      attempted_at: row.attempted_at?.toISOString() ?? null,
      next_attempt_at: row.next_attempt_at?.toISOString() ?? null,
    };
  }
}
