import { Injectable } from '@nestjs/common';
import { OwnerDirectory } from '@/modules/organizations/index.js';
import { Mailer } from '@/platform/mail/index.js';
import type { Webhook } from '../hooks/persistence/webhook.entity.js';

/** Tells the owners of an organization that a webhook was switched off. */
@Injectable()
export class FailingWebhookMailer {
  constructor(
    private readonly owners: OwnerDirectory,
    private readonly mailer: Mailer,
  ) {}

  /** Queues the mails in the transaction of the caller. They name the host only: a path can contain a secret. */
  async mailOwners({ organization_id: organizationId, id, url }: Webhook): Promise<void> {
    const { name, addresses } = await this.owners.find(organizationId);
    for (const to of addresses)
      await this.mailer.sendIfConfigured({
        to,
        subject: 'A webhook was switched off',
        body: [
          `No delivery to the webhook at ${new URL(url).host} has succeeded for three days, so it was switched off. It belongs to the organization “${name}”.`,
          'Its events are not kept while it is off. When the receiver works again, switch the webhook on and deliver failed deliveries again.',
          `The id of the webhook is ${id}.`,
        ],
      });
  }
}
