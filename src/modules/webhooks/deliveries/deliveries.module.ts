import { Module, type OnModuleInit } from '@nestjs/common';
import { OrganizationsModule } from '@/modules/organizations/index.js';
import { OrganizationEvents } from '@/platform/events/index.js';
import { ExpiredRowSweeper } from '@/platform/jobs/index.js';
import { DAY } from '@/platform/kernel/durations.js';
import { EndpointsModule } from '../endpoints/endpoints.module.js';
import { HooksModule } from '../hooks/hooks.module.js';
import { DeliveriesController } from './deliveries.controller.js';
import { DeliveriesService } from './deliveries.service.js';
import { DeliveryQueue } from './delivery-queue.js';
import { DeliveryRecorder } from './delivery-recorder.js';
import { DeliveryReporter } from './delivery-reporter.js';
import { DeliveryWorker } from './delivery-worker.js';
import { FailingWebhookDisabler } from './failing-webhook-disabler.js';
import { FailingWebhookMailer } from './failing-webhook-mailer.js';
import { DeliveryRepository } from './persistence/delivery.repository.js';
import { SignedRequests } from './signed-requests.js';
import { WebhookClient } from './webhook-client.js';

const RETENTION = { table: 'webhook_deliveries', condition: 'created_at <= $1', keptFor: 30 * DAY };

/** Delivers events of organizations to their webhooks. */
@Module({
  imports: [OrganizationsModule, EndpointsModule, HooksModule],
  controllers: [DeliveriesController],
  providers: [
    DeliveryRepository,
    DeliveryQueue,
    SignedRequests,
    WebhookClient,
    FailingWebhookMailer,
    FailingWebhookDisabler,
    DeliveryReporter,
    DeliveryRecorder,
    DeliveryWorker,
    DeliveriesService,
  ],
})
export class DeliveriesModule implements OnModuleInit {
  constructor(
    private readonly events: OrganizationEvents,
    private readonly queue: DeliveryQueue,
    private readonly sweeper: ExpiredRowSweeper,
  ) {}

  onModuleInit(): void {
    this.events.subscribe((event) => this.queue.addEvent(event));
    this.sweeper.registerRetention(RETENTION);
  }
}
