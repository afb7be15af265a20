import { Injectable } from '@nestjs/common';
import { Config } from '../config/index.js';
import { platformErrors } from '../errors/index.js';
import { type EmailMessage, renderEmail } from './email-message.js';
import { MailDeliveryService } from './mail-delivery.service.js';
import { OutboxRepository } from './persistence/outbox.repository.js';

/**
 * Sends mail in the transaction of the caller: mail is sent if and only if the transaction commits. With SMTP a job sends it
 * and retries; see `MailDeliveryService`. Without SMTP it is stored in the development outbox.
 */
@Injectable()
export class Mailer {
  constructor(
    private readonly config: Config,
    private readonly outbox: OutboxRepository,
    private readonly delivery: MailDeliveryService,
  ) {}

  /** False when mail is off. */
  get isConfigured(): boolean {
    return this.config.mail !== 'off';
  }

  /** Throws 503 `mail_not_configured` when mail is off. */
  assertConfigured(): void {
    if (!this.isConfigured) throw platformErrors.mail_not_configured();
  }

  /** Sends mail that the operation depends on. Throws 503 `mail_not_configured` when mail is off. */
  async send(message: EmailMessage): Promise<void> {
    this.assertConfigured();
    const mail = renderEmail(message);
    if (this.config.mail === 'smtp') await this.delivery.queue(mail, message);
    else if (!message.discard) await this.outbox.add(mail);
  }

  /** Sends mail that only informs. Does nothing when mail is off. */
  async sendIfConfigured(message: EmailMessage): Promise<void> {
    if (this.isConfigured) await this.send(message);
  }
}
