import { Injectable } from '@nestjs/common';
import { AuditLogService, OrganizationAccessService } from '@/modules/organizations/index.js';
import type { OrganizationActor } from '@/platform/access/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { webhookErrors } from '../webhooks.errors.js';
import type { Webhook } from './persistence/webhook.entity.js';
import { WebhookRepository } from './persistence/webhook.repository.js';

const MAX_WEBHOOKS = 20;

type NewWebhook = Omit<Webhook, 'serial_slot'>;

/** Changes webhooks on behalf of a member and records each change. The caller must have opened a transaction. */
@Injectable()
export class AuditedWebhooks {
  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly access: OrganizationAccessService,
    private readonly audit: AuditLogService,
  ) {}

  /** Checks the permission again, under a lock against changes of roles. */
  async reauthorize(actor: OrganizationActor, { exclusive = false } = {}): Promise<void> {
    await this.access.lockAndReauthorize(actor, 'webhooks.manage', { share: !exclusive });
  }

  /**
   * Inserts a webhook into the slot with fewer webhooks. The actor was authorized again under an exclusive lock, which also
   * makes the count exact. Throws `webhook_limit_reached`.
   */
  async create(actor: OrganizationActor, webhook: NewWebhook): Promise<Webhook> {
    const { count, first_slot: first } = await this.webhooks.countBySlot(actor.organization.id);
    if (count >= MAX_WEBHOOKS)
      throw webhookErrors.webhook_limit_reached({ data: { max_webhooks: MAX_WEBHOOKS } });
    const inserted = { ...webhook, serial_slot: first * 2 > count ? 1 : 0 };
    await this.webhooks.insert(inserted);
    await this.record(actor, 'created', webhook.id, { events: webhook.events });
    return inserted;
  }

  /** Locks a webhook until the transaction ends. Throws `webhook_not_found`. */
  async lock(organizationId: OrganizationId, id: string): Promise<Webhook> {
    const webhook = await this.webhooks.lock(organizationId, id);
    if (!webhook) throw webhookErrors.webhook_not_found();
    return webhook;
  }

  /** Writes a changed webhook. Pending deliveries end when it is switched off. */
  async update(actor: OrganizationActor, webhook: Webhook, fields: readonly string[]): Promise<void> {
    await this.webhooks.update(webhook);
    if (fields.includes('enabled') && !webhook.enabled) await this.webhooks.endPendingDeliveries(webhook.id);
    await this.record(actor, 'updated', webhook.id, { fields, enabled: webhook.enabled });
  }

  /** Deletes a webhook with its deliveries. Throws `webhook_not_found`. */
  async delete(actor: OrganizationActor, id: string): Promise<void> {
    if (!(await this.webhooks.delete(actor.organization.id, id))) throw webhookErrors.webhook_not_found();
    await this.record(actor, 'deleted', id);
  }

  async record(
    actor: OrganizationActor,
    action: 'created' | 'updated' | 'deleted' | 'secret_rotated',
    id: string,
    details: Record<string, unknown> = {},
  ): Promise<void> {
    await this.audit.recordFor(actor, `webhook.${action}`, { type: 'webhook', id }, details);
  }
}
