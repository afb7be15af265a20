import { Injectable } from '@nestjs/common';
import { Clock } from '@/platform/kernel/clock.js';
import { SERVER_VERSION } from '@/platform/kernel/version.js';
import { WebhookSecrets } from '../hooks/webhook-secrets.js';
import type { DueDelivery } from './persistence/delivery.repository.js';
import type { WebhookRequest } from './webhook-client.js';

/** Builds the requests of deliveries with their signatures, by the specification of Standard Webhooks. */
@Injectable()
export class SignedRequests {
  constructor(
    private readonly secrets: WebhookSecrets,
    private readonly clock: Clock,
  ) {}

  /** The timestamp is that of the attempt, so that receivers can refuse old requests. */
  async build({ id, webhook_id: webhookId, url, payload }: DueDelivery): Promise<WebhookRequest> {
    const timestamp = Math.floor(this.clock.millis() / 1000);
    const headers = {
      'content-type': 'application/json',
      'user-agent': `Xentree-Webhooks/${SERVER_VERSION}`,
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': await this.secrets.sign(webhookId, { id, timestamp, payload }),
    };
    return { url, headers, body: payload };
  }
}
