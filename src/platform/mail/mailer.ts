import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../config/index.js';
import { platformErrors } from '../errors/index.js';
import { JobQueue } from '../jobs/index.js';
import { newId } from '../kernel/ids.js';
import { type EmailMessage, type RenderedEmail, renderEmail } from './email-message.js';
import { OutboxRepository } from './persistence/outbox.repository.js';
import { SmtpTransport } from './smtp-transport.js';

const SEND_JOB = 'mail.send';

/**
 * Sends mail in the transaction of the caller: mail is sent if and only if the transaction commits. With SMTP a job sends it
 * and retries until the mail server accepts it. Without SMTP it is stored in the development outbox.
 */
@Injectable()
export class Mailer implements OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly jobs: JobQueue,
    private readonly outbox: OutboxRepository,
    private readonly smtp: SmtpTransport,
  ) {}

  onModuleInit(): void {
    this.jobs.registerHandler(SEND_JOB, (payload) =>
      this.smtp.deliver(payload as RenderedEmail & { messageId: string }),
    );
  }

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
    if (this.config.mail === 'outbox') await this.outbox.add(mail);
    else await this.jobs.enqueue(SEND_JOB, { ...mail, messageId: newId() });
  }

  /** Sends mail that only informs. Does nothing when mail is off. */
  async sendIfConfigured(message: EmailMessage): Promise<void> {
    if (this.isConfigured) await this.send(message);
  }
}
