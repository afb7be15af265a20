import { Injectable } from '@nestjs/common';
import { AuditLogService } from '@/modules/organizations/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { WebhookRepository } from '../hooks/persistence/webhook.repository.js';
import { FAILING_AFTER } from './delivery.rules.js';
import { FailingWebhookMailer } from './failing-webhook-mailer.js';

/** The server itself acts, not a user. */
const SERVER = { userId: null };

/** Switches failing webhooks off. */
@Injectable()
export class FailingWebhookDisabler {
  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly audit: AuditLogService,
    private readonly mailer: FailingWebhookMailer,
    private readonly clock: Clock,
  ) {}

  /**
   * Switches a webhook off in the transaction of the caller, when no delivery succeeded for three days. Of parallel calls, one
   * writes the audit entry and mails the owners.
   */
  async disableFailing(webhookId: string, now: Date): Promise<void> {
    const webhook = await this.webhooks.disableFailing(webhookId, now, this.clock.after(-FAILING_AFTER));
    if (!webhook) return;
    await this.webhooks.endPendingDeliveries(webhookId);
    await this.audit.record(SERVER, {
      organizationId: webhook.organization_id,
      action: 'webhook.disabled',
      target: { type: 'webhook', id: webhookId },
      details: { reason: 'failing' },
    });
    await this.mailer.mailOwners(webhook);
  }
}
