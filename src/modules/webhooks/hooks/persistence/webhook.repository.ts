import { Injectable } from '@nestjs/common';
import { organizationErrors } from '@/modules/organizations/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { PageWindow } from '@/platform/pagination/index.js';
import {
  defineKeyset,
  keysetQuery,
  mapConstraintErrors,
  RepositoryBase,
  UnitOfWork,
} from '@/platform/persistence/index.js';
import { Webhook } from './webhook.entity.js';

const LIST = defineKeyset(
  'webhooks.list',
  'id < $3::uuid',
  (after) => `SELECT * FROM webhooks WHERE organization_id = $1 ${after} ORDER BY id DESC LIMIT $2`,
);

const FIND = {
  name: 'webhooks.find',
  text: 'SELECT * FROM webhooks WHERE organization_id = $1 AND id = $2',
};

const LOCK = {
  name: 'webhooks.lock',
  text: 'SELECT * FROM webhooks WHERE organization_id = $1 AND id = $2 FOR NO KEY UPDATE',
};

const COUNT_BY_SLOT = {
  name: 'webhooks.count_by_slot',
  text: `SELECT count(*)::int AS count, (count(*) FILTER (WHERE serial_slot = 0))::int AS first_slot
         FROM webhooks WHERE organization_id = $1`,
};

const UPDATE = {
  name: 'webhooks.update',
  text: `UPDATE webhooks SET url = $3, events = $4, description = $5, enabled = $6, disabled_reason = $7, updated_at = $8
         WHERE organization_id = $1 AND id = $2`,
};

/** Another request does not wait until the tries of these deliveries are over. */
const END_PENDING_DELIVERIES = {
  name: 'webhooks.end_pending_deliveries',
  text: `UPDATE webhook_deliveries SET state = 'failed', next_attempt_at = NULL, reason = 'webhook_disabled'
         WHERE webhook_id = $1 AND state = 'pending'`,
};

const DISABLE_FAILING = {
  name: 'webhooks.disable_failing',
  text: `UPDATE webhooks SET enabled = false, disabled_reason = 'failing', updated_at = $2
         WHERE id = $1 AND enabled AND (last_success_at IS NULL OR last_success_at <= $3) RETURNING *`,
};

const RECORD_SUCCESS = {
  name: 'webhooks.record_success',
  text: `UPDATE webhooks SET last_success_at = $2
         WHERE id = $1 AND (last_success_at IS NULL OR last_success_at <= $2::timestamptz - interval '1 minute')`,
};

const DELETE = {
  name: 'webhooks.delete',
  text: 'DELETE FROM webhooks WHERE organization_id = $1 AND id = $2 RETURNING id',
};

const CONSTRAINT_ERRORS = {
  webhooks_organization_id_fkey: organizationErrors.organization_not_found,
  // The account was deleted after the access token had been checked.
  webhooks_created_by_fkey: platformErrors.token_invalid,
};

/** The webhooks of organizations. Every method for requests takes the organization first. */
@Injectable()
export class WebhookRepository extends RepositoryBase<Webhook> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, Webhook);
  }

  async insert(webhook: Webhook): Promise<void> {
    await mapConstraintErrors(CONSTRAINT_ERRORS, () => this.rows.insert(webhook));
  }

  list(organizationId: OrganizationId, window: PageWindow<string>): Promise<Webhook[]> {
    return this.query<Webhook>(...keysetQuery(LIST, [organizationId], window));
  }

  find(organizationId: OrganizationId, id: string): Promise<Webhook | undefined> {
    return this.one<Webhook>(FIND, [organizationId, id]);
  }

  /** Locks a webhook until the transaction ends. */
  lock(organizationId: OrganizationId, id: string): Promise<Webhook | undefined> {
    return this.one<Webhook>(LOCK, [organizationId, id]);
  }

  /** Returns the number of webhooks, and of those in the slot 0. */
  async countBySlot(organizationId: OrganizationId): Promise<{ count: number; first_slot: number }> {
    const row = await this.one<{ count: number; first_slot: number }>(COUNT_BY_SLOT, [organizationId]);
    return row ?? { count: 0, first_slot: 0 };
  }

  async update(webhook: Webhook): Promise<void> {
    const { organization_id, id, url, events, description, enabled, disabled_reason, updated_at } = webhook;
    const values = [organization_id, id, url, events, description, enabled, disabled_reason, updated_at];
    await this.query(UPDATE, values);
  }

  /** Ends the deliveries of a webhook that was switched off. */
  async endPendingDeliveries(id: string): Promise<void> {
    await this.query(END_PENDING_DELIVERIES, [id]);
  }

  /** Switches a webhook off that had no success since a time. Returns undefined when it had one, or is off already. */
  disableFailing(id: string, now: Date, since: Date): Promise<Webhook | undefined> {
    return this.one<Webhook>(DISABLE_FAILING, [id, now, since]);
  }

  async recordSuccess(id: string, now: Date): Promise<void> {
    await this.query(RECORD_SUCCESS, [id, now]);
  }

  delete(organizationId: OrganizationId, id: string): Promise<boolean> {
    return this.affectedOneRow(DELETE, [organizationId, id]);
  }
}
