import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '../health/metrics.js';
import { JobQueue } from '../jobs/index.js';
import { Clock } from '../kernel/clock.js';
import { DAY } from '../kernel/durations.js';
import { newId } from '../kernel/ids.js';
import { Log } from '../logging/log.js';
import { isPermanentRefusal, nextDeliveryDelay } from './delivery-schedule.js';
import type { EmailMessage, RenderedEmail } from './email-message.js';
import { SmtpTransport } from './smtp-transport.js';

const SEND_JOB = 'mail.send';
const DEFAULT_LIFETIME = 3 * DAY;

interface QueuedEmail extends RenderedEmail {
  messageId: string;
  /** Milliseconds since the epoch. Absent in jobs of older versions, like `lifetime`. */
  queuedAt?: number;
  lifetime?: number;
  discard?: boolean;
}

type DeliveryOptions = Pick<EmailMessage, 'validFor' | 'discard'>;

/**
 * Delivers mail by jobs. Each attempt is a job of its own, so that the delay depends on the message: a code is retried within
 * seconds. A message ends when it is delivered, refused for good, or not useful any more.
 */
@Injectable()
export class MailDeliveryService implements OnModuleInit {
  constructor(
    private readonly jobs: JobQueue,
    private readonly smtp: SmtpTransport,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.jobs.registerHandler(SEND_JOB, (payload) => this.attempt(payload as QueuedEmail), 'mail');
  }

  /** Queues a message in the transaction of the caller. */
  async queue(mail: RenderedEmail, { validFor: lifetime, discard }: DeliveryOptions): Promise<void> {
    const messageId = newId();
    const queued: QueuedEmail = { ...mail, messageId, queuedAt: this.clock.millis(), lifetime, discard };
    await this.jobs.enqueue(SEND_JOB, queued);
  }

  private async attempt(mail: QueuedEmail): Promise<void> {
    if (mail.discard) return;
    const { messageId, queuedAt = this.clock.millis(), lifetime = DEFAULT_LIFETIME } = mail;
    if (this.clock.millis() >= queuedAt + lifetime * 1000) return this.end('expired', messageId);
    try {
      await this.smtp.deliver(mail);
      this.metrics.countMail('delivered');
    } catch (error) {
      if (isPermanentRefusal(error)) return this.end('refused', messageId, error);
      const delay = nextDeliveryDelay((this.clock.millis() - queuedAt) / 1000, lifetime);
      if (delay === null) return this.end('expired', messageId, error);
      this.metrics.countMail('deferred');
      this.log.warn('mail.deferred', { message_id: messageId, delay_s: delay, reason: reasonOf(error) });
      await this.jobs.enqueue(SEND_JOB, { ...mail, queuedAt, lifetime }, { delay });
    }
  }

  private end(outcome: 'refused' | 'expired', messageId: string, error?: unknown): void {
    this.metrics.countMail(outcome);
    this.log.warn(`mail.${outcome}`, { message_id: messageId, reason: reasonOf(error) });
  }
}

/** Returns the kind of an error. Its message repeats the address and the answer of the mail server. */
function reasonOf(error: unknown): string | undefined {
  const { code, responseCode } = (error ?? {}) as { code?: string; responseCode?: number };
  return [code, responseCode].filter((part) => part !== undefined).join(' ') || undefined;
}
