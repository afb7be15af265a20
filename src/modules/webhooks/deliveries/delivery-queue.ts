import { Injectable } from '@nestjs/common';
import type { OrganizationEvent } from '@/platform/events/index.js';
import { JobQueue } from '@/platform/jobs/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { DeliveryRepository, type Subscriber } from './persistence/delivery.repository.js';
import type { WebhookDelivery } from './persistence/webhook-delivery.entity.js';

export const DELIVERY_JOB = 'deliveries.send';

/** The payload of a job. `attempts` is the number of earlier attempts, so that a job that is late does nothing. */
export interface DeliveryJob {
  deliveryId: string;
  attempts: number;
}

/** Where the jobs of a delivery wait for each other: two slots for each organization, one of them for each webhook. */
interface SerialPlace {
  organization_id: OrganizationId;
  serial_slot: number;
}

/** Writes deliveries and their jobs in the transaction of the caller. */
@Injectable()
export class DeliveryQueue {
  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** Writes a delivery for each webhook of the organization that receives this event. */
  async addEvent({ organizationId, type, timestamp, data }: OrganizationEvent): Promise<void> {
    const subscribers = await this.deliveries.findSubscribers(organizationId, type);
    if (subscribers.length === 0) return;
    const payload = toPayload(type, timestamp, data);
    const rows = subscribers.map((subscriber) => this.buildRow(subscriber, type, payload));
    await this.deliveries.insert(rows);
    const jobs = rows.flatMap(({ id, state }, index) =>
      state === 'pending'
        ? [
            {
              payload: { deliveryId: id, attempts: 0 } satisfies DeliveryJob,
              serialKey: toSerialKey(organizationId, subscribers[index]?.serial_slot ?? 0),
            },
          ]
        : [],
    );
    await this.jobs.enqueueEach(DELIVERY_JOB, jobs);
  }

  /** Writes a delivery for one webhook. */
  async addFor(
    webhook: SerialPlace & { id: string },
    type: string,
    data: OrganizationEvent['data'],
  ): Promise<WebhookDelivery> {
    const payload = toPayload(type, this.clock.now(), data);
    const row = this.buildRow({ ...webhook, is_full: false }, type, payload);
    await this.deliveries.insert([row]);
    const { organization_id, serial_slot } = webhook;
    await this.enqueue({ id: row.id, attempts: 0, organization_id, serial_slot });
    return row;
  }

  async enqueue(
    { id, attempts, organization_id, serial_slot }: SerialPlace & { id: string; attempts: number },
    delay = 0,
  ): Promise<void> {
    const job: DeliveryJob = { deliveryId: id, attempts };
    await this.jobs.enqueue(DELIVERY_JOB, job, {
      delay,
      serialKey: toSerialKey(organization_id, serial_slot),
    });
  }

  /** A webhook with too many pending deliveries gets a failed one, which can be delivered again. */
  private buildRow({ id, is_full: isFull }: Subscriber, type: string, payload: string): WebhookDelivery {
    const now = this.clock.now();
    return {
      id: newId(),
      webhook_id: id,
      type,
      payload,
      state: isFull ? 'failed' : 'pending',
      attempts: 0,
      series_start: 0,
      created_at: now,
      attempted_at: null,
      next_attempt_at: isFull ? null : now,
      status_class: null,
      reason: isFull ? 'too_many_pending' : null,
      duration_ms: null,
    };
  }
}

function toSerialKey(organizationId: OrganizationId, slot: number): string {
  return `${organizationId}/${slot}`;
}

function toPayload(type: string, timestamp: Date, data: OrganizationEvent['data']): string {
  return JSON.stringify({ type, timestamp: timestamp.toISOString(), data });
}
