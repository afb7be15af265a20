import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Metrics } from '@/platform/health/index.js';
import { Log } from '@/platform/logging/index.js';
import type { AttemptResult } from './delivery.rules.js';

/** Counts the tries of deliveries, and logs those that fail. */
@Injectable()
export class DeliveryReporter {
  private readonly outcomes: Counter;

  constructor(
    private readonly log: Log,
    { registry }: Metrics,
  ) {
    this.outcomes = new Counter({
      name: 'xentree_webhook_deliveries_total',
      help: 'Tries of deliveries to webhooks, by outcome: delivered, or the reason of the failure.',
      labelNames: ['outcome'],
      registers: [registry],
    });
  }

  /** `attempt` counts from 1. */
  report(deliveryId: string, attempt: number, { reason }: AttemptResult): void {
    this.outcomes.inc({ outcome: reason ?? 'delivered' });
    if (reason !== null)
      this.log.info('webhook.attempt_failed', { delivery_id: deliveryId, attempt, reason });
  }
}
