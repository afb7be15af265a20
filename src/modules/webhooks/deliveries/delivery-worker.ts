import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobQueue, type JobRun } from '@/platform/jobs/index.js';
import { DELIVERY_JOB, type DeliveryJob } from './delivery-queue.js';
import { DeliveryRecorder } from './delivery-recorder.js';
import { DeliveryReporter } from './delivery-reporter.js';
import { DeliveryRepository } from './persistence/delivery.repository.js';
import { SignedRequests } from './signed-requests.js';
import { WebhookClient } from './webhook-client.js';

/** Runs the jobs of deliveries. Each try is a job of its own. */
@Injectable()
export class DeliveryWorker implements OnModuleInit {
  constructor(
    private readonly jobs: JobQueue,
    private readonly deliveries: DeliveryRepository,
    private readonly requests: SignedRequests,
    private readonly client: WebhookClient,
    private readonly recorder: DeliveryRecorder,
    private readonly reporter: DeliveryReporter,
  ) {}

  onModuleInit(): void {
    const handle = (payload: unknown, run: JobRun): Promise<void> =>
      this.attempt(payload as DeliveryJob, run);
    this.jobs.registerHandler(DELIVERY_JOB, handle, 'deliveries');
  }

  /** After a crash between the request and its record, the job runs again: a receiver can get a message twice. */
  private async attempt({ deliveryId, attempts }: DeliveryJob, { signal }: JobRun): Promise<void> {
    const delivery = await this.deliveries.findDue(deliveryId, attempts);
    if (!delivery) return;
    if (!delivery.enabled) return this.deliveries.end(deliveryId);
    const result = await this.client.send(await this.requests.build(delivery), signal);
    await this.recorder.record(delivery, result);
    this.reporter.report(deliveryId, attempts + 1, result);
  }
}
