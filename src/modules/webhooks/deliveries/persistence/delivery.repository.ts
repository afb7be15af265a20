import { Injectable } from '@nestjs/common';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { PageWindow } from '@/platform/pagination/index.js';
import { defineKeyset, keysetQuery, RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import type { AttemptResult } from '../delivery.rules.js';
import { WebhookDelivery } from './webhook-delivery.entity.js';

/** A webhook that receives an event. */
export interface Subscriber {
  id: string;
  serial_slot: number;
  /** Whether too many deliveries are pending for another one. */
  is_full: boolean;
}

/** A delivery that is due, with what its webhook says at present. */
export interface DueDelivery extends Pick<
  WebhookDelivery,
  'id' | 'webhook_id' | 'type' | 'payload' | 'attempts' | 'series_start'
> {
  organization_id: OrganizationId;
  serial_slot: number;
  url: string;
  enabled: boolean;
}

export const MAX_PENDING = 10_000;

/** Locks the webhooks against deletion, so that the insert finds them. */
const FIND_SUBSCRIBERS = {
  name: 'webhook_deliveries.subscribers',
  text: `SELECT w.id, w.serial_slot, (
           SELECT count(*) FROM (
             SELECT FROM webhook_deliveries d WHERE d.webhook_id = w.id AND d.state = 'pending' LIMIT ${MAX_PENDING}
           ) pending) >= ${MAX_PENDING} AS is_full
         FROM webhooks w WHERE w.organization_id = $1 AND w.enabled AND $2 = ANY(w.events)
         ORDER BY w.id FOR KEY SHARE`,
};

const LIST = defineKeyset(
  'webhook_deliveries.list',
  'd.id < $4::uuid',
  (after) => `
    SELECT d.* FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id
    WHERE w.organization_id = $1 AND d.webhook_id = $2 ${after} ORDER BY d.id DESC LIMIT $3`,
);

const FIND = {
  name: 'webhook_deliveries.find',
  text: `SELECT d.* FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id
         WHERE w.organization_id = $1 AND d.id = $2`,
};

const FIND_DUE = {
  name: 'webhook_deliveries.find_due',
  text: `SELECT d.id, d.webhook_id, d.type, d.payload, d.attempts, d.series_start, w.organization_id, w.serial_slot,
           w.url, w.enabled
         FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id
         WHERE d.id = $1 AND d.state = 'pending' AND d.attempts = $2`,
};

const LOCK_WEBHOOK = {
  name: 'webhook_deliveries.lock_webhook',
  text: 'SELECT id FROM webhooks WHERE id = $1 FOR NO KEY UPDATE',
};

const RECORD = {
  name: 'webhook_deliveries.record',
  text: `UPDATE webhook_deliveries
         SET state = $3, attempts = attempts + 1, attempted_at = $4, next_attempt_at = $5, status_class = $6,
           reason = $7, duration_ms = $8
         WHERE id = $1 AND state = 'pending' AND attempts = $2 RETURNING id`,
};

const END = {
  name: 'webhook_deliveries.end',
  text: `UPDATE webhook_deliveries SET state = 'failed', next_attempt_at = NULL, reason = 'webhook_disabled'
         WHERE id = $1 AND state = 'pending' RETURNING id`,
};

const REDELIVER = {
  name: 'webhook_deliveries.redeliver',
  text: `UPDATE webhook_deliveries SET state = 'pending', series_start = attempts, next_attempt_at = $2
         WHERE id = $1 AND state <> 'pending' RETURNING *`,
};

/** The deliveries of webhooks. Methods for requests take the organization first. */
@Injectable()
export class DeliveryRepository extends RepositoryBase<WebhookDelivery> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, WebhookDelivery);
  }

  /** Returns the webhooks of an organization that are on and receive events of this type. */
  findSubscribers(organizationId: OrganizationId, type: string): Promise<Subscriber[]> {
    return this.query<Subscriber>(FIND_SUBSCRIBERS, [organizationId, type]);
  }

  async insert(deliveries: WebhookDelivery[]): Promise<void> {
    await this.rows.insert(deliveries);
  }

  list(
    organizationId: OrganizationId,
    webhookId: string,
    window: PageWindow<string>,
  ): Promise<WebhookDelivery[]> {
    return this.query<WebhookDelivery>(...keysetQuery(LIST, [organizationId, webhookId], window));
  }

  find(organizationId: OrganizationId, id: string): Promise<WebhookDelivery | undefined> {
    return this.one<WebhookDelivery>(FIND, [organizationId, id]);
  }

  /** Returns a pending delivery after this number of attempts; undefined when it is over, gone, or was tried since. */
  findDue(id: string, attempts: number): Promise<DueDelivery | undefined> {
    return this.one<DueDelivery>(FIND_DUE, [id, attempts]);
  }

  /** Locks a webhook, before its deliveries. Returns false when it was deleted. */
  lockWebhook(id: string): Promise<boolean> {
    return this.affectedOneRow(LOCK_WEBHOOK, [id]);
  }

  /** Records an attempt. Returns false when the delivery is over or was tried since. */
  record(
    { id, attempts }: Pick<DueDelivery, 'id' | 'attempts'>,
    { statusClass, reason, durationMs }: AttemptResult,
    { at, next }: { at: Date; next: Date | null },
  ): Promise<boolean> {
    const state = reason === null ? 'delivered' : next ? 'pending' : 'failed';
    return this.affectedOneRow(RECORD, [id, attempts, state, at, next, statusClass, reason, durationMs]);
  }

  /** Ends a pending delivery of a webhook that is switched off. */
  async end(id: string): Promise<void> {
    await this.query(END, [id]);
  }

  /** Makes a delivery that is over pending again. Returns undefined when it is pending already. */
  redeliver(id: string, now: Date): Promise<WebhookDelivery | undefined> {
    return this.one<WebhookDelivery>(REDELIVER, [id, now]);
  }
}
