import { Injectable } from '@nestjs/common';
import { Clock } from '@/platform/kernel/clock.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { WebhookRepository } from '../hooks/persistence/webhook.repository.js';
import { DeliveryQueue } from './delivery-queue.js';
import { type AttemptResult, nextTryDelay, TEST_EVENT } from './delivery.rules.js';
import { FailingWebhookDisabler } from './failing-webhook-disabler.js';
import { DeliveryRepository, type DueDelivery } from './persistence/delivery.repository.js';

/** Records the outcome of attempts, with what follows from it, in one transaction. */
@Injectable()
export class DeliveryRecorder {
  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly webhooks: WebhookRepository,
    private readonly queue: DeliveryQueue,
    private readonly disabler: FailingWebhookDisabler,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Records an attempt, and queues the next one after a failure. Does nothing when the delivery has ended since. */
  async record(delivery: DueDelivery, result: AttemptResult): Promise<void> {
    const { type, attempts, series_start: start, webhook_id: webhookId } = delivery;
    const now = this.clock.now();
    const delay = result.reason === null ? null : nextTryDelay(type, attempts + 1 - start);
    await this.unitOfWork.run(async () => {
      if (!(await this.deliveries.lockWebhook(webhookId))) return;
      const next = delay === null ? null : this.clock.after(delay);
      if (!(await this.deliveries.record(delivery, result, { at: now, next }))) return;
      if (result.reason === null) await this.webhooks.recordSuccess(webhookId, now);
      else if (delay !== null) await this.queue.enqueue({ ...delivery, attempts: attempts + 1 }, delay);
      else if (type !== TEST_EVENT) await this.disabler.disableFailing(webhookId, now);
    });
  }
}
