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
 * Mail that is written in the caller's transaction: it goes out if and only if the change it speaks of is
 * committed. Over SMTP it is a job, repeated until the server takes it; without SMTP it lands in the
 * development outbox at once.
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

  /** Throws 503 `mail_not_configured` when this server sends no mail; for what cannot go on without. */
  assertConfigured(): void {
    if (this.config.mail === 'off') throw platformErrors.mail_not_configured();
  }

  /** A letter the caller's purpose depends on. */
  async send(message: EmailMessage): Promise<void> {
    this.assertConfigured();
    const mail = renderEmail(message);
    if (this.config.mail === 'outbox') await this.outbox.add(mail);
    else await this.jobs.enqueue(SEND_JOB, { ...mail, messageId: newId() });
  }

  /** A letter that only informs: left out when this server sends no mail. */
  async sendIfConfigured(message: EmailMessage): Promise<void> {
    if (this.config.mail !== 'off') await this.send(message);
  }
}
