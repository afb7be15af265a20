import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Transporter } from 'nodemailer';
import { Config } from '../config/index.js';
import { UnitOfWork } from '../persistence/index.js';
import type { RenderedEmail } from './email-message.js';

/** Sends mail over SMTP. Retries have the same message id, so mail servers can drop duplicates. */
@Injectable()
export class SmtpTransport implements OnApplicationShutdown {
  private transporter: Transporter | undefined;

  constructor(
    private readonly config: Config,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async deliver({
    to,
    subject,
    text,
    html,
    headers = {},
    messageId,
  }: RenderedEmail & { messageId: string }): Promise<void> {
    this.unitOfWork.assertNoTransaction();
    const { createTransport } = await import('nodemailer');
    this.transporter ??= createTransport({
      url: this.config.smtpUrl,
      pool: true,
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 30_000,
    });
    const host = new URL(this.config.baseUrl).hostname;
    await this.transporter.sendMail({
      from: this.config.mailFrom,
      to,
      subject,
      text,
      html,
      messageId: `<${messageId}@${host}>`,
      headers: { ...headers, 'Auto-Submitted': 'auto-generated' }, // RFC 3834: no automatic replies
    });
  }

  onApplicationShutdown(): void {
    this.transporter?.close();
  }
}
