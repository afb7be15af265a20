import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { HOUR } from '@/platform/kernel/durations.js';
import { type RateLimitPolicy, RateLimiter } from '@/platform/limits/index.js';
import { type PageQuery, toPage, windowById } from '@/platform/pagination/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { Webhook } from '../hooks/persistence/webhook.entity.js';
import { WebhookRepository } from '../hooks/persistence/webhook.repository.js';
import { webhookErrors } from '../webhooks.errors.js';
import { DeliveryQueue } from './delivery-queue.js';
import { TEST_EVENT } from './delivery.rules.js';
import { WebhookDeliveryResponse } from './dto/delivery.response.js';
import { DeliveryRepository } from './persistence/delivery.repository.js';

const TEST_LIMIT: RateLimitPolicy = { name: 'webhook-tests', limit: 10, window: HOUR };

/** Lists, tests and repeats deliveries. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly webhooks: WebhookRepository,
    private readonly queue: DeliveryQueue,
    private readonly limiter: RateLimiter,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Throws `webhook_not_found`. */
  async list(
    actor: OrganizationActor,
    webhookId: string,
    query: PageQuery,
  ): Promise<WebhookDeliveryResponse[]> {
    const { id: organizationId } = actor.organization;
    const window = windowById(query);
    if (!(await this.webhooks.find(organizationId, webhookId))) throw webhookErrors.webhook_not_found();
    const rows = await this.deliveries.list(organizationId, webhookId, window);
    return toPage(window, rows, ({ id }) => id).map((row) => WebhookDeliveryResponse.from(row));
  }

  /** Queues a test event. Throws `webhook_not_found`, `webhook_disabled`, and 429 after ten tests in an hour. */
  async test({ organization }: OrganizationActor, webhookId: string): Promise<WebhookDeliveryResponse> {
    const found = await this.webhooks.find(organization.id, webhookId);
    assertEnabled(found);
    await this.limiter.consume(TEST_LIMIT, webhookId);
    return this.unitOfWork.run(async () => {
      const webhook = await this.webhooks.lock(organization.id, webhookId);
      assertEnabled(webhook);
      const row = await this.queue.addFor(webhook, TEST_EVENT, { webhook_id: webhookId });
      return WebhookDeliveryResponse.from(row);
    });
  }

  /**
   * Queues a delivery that is over again, with the same id and all tries. Of concurrent requests one succeeds. Throws
   * `webhook_delivery_not_found`, `webhook_disabled` and `webhook_delivery_pending`.
   */
  async redeliver(
    { organization }: OrganizationActor,
    deliveryId: string,
    webhookId?: string,
  ): Promise<WebhookDeliveryResponse> {
    return this.unitOfWork.run(async () => {
      const delivery = await this.deliveries.find(organization.id, deliveryId);
      if (!delivery || (webhookId !== undefined && delivery.webhook_id !== webhookId))
        throw webhookErrors.webhook_delivery_not_found();
      const webhook = await this.webhooks.lock(organization.id, delivery.webhook_id);
      if (!webhook) throw webhookErrors.webhook_delivery_not_found();
      assertEnabled(webhook);
      const row = await this.deliveries.redeliver(deliveryId, this.clock.now());
      if (!row) throw webhookErrors.webhook_delivery_pending();
      const { organization_id, serial_slot } = webhook;
      await this.queue.enqueue({ id: row.id, attempts: row.attempts, organization_id, serial_slot });
      return WebhookDeliveryResponse.from(row);
    });
  }
}

function assertEnabled(webhook: Webhook | undefined): asserts webhook is Webhook {
  if (!webhook) throw webhookErrors.webhook_not_found();
  if (!webhook.enabled) throw webhookErrors.webhook_disabled();
}
