import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

/** Metrics for Prometheus. Labels are route patterns and codes, never ids. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  private readonly requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duration of HTTP requests by route pattern, method and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [this.registry],
  });

  private readonly events = new Counter({
    name: 'auth_events_total',
    help: 'Authentication events by kind.',
    labelNames: ['event'],
    registers: [this.registry],
  });

  private readonly mails = new Counter({
    name: 'mail_deliveries_total',
    help: 'Attempts to deliver mail over SMTP by outcome.',
    labelNames: ['outcome'],
    registers: [this.registry],
  });

  private readonly jobs = new Counter({
    name: 'xentree_jobs_total',
    help: 'Attempts of jobs by kind and result: done, retried, failed for good.',
    labelNames: ['job', 'result'],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  observeRequest({ method, routeOptions }: FastifyRequest, { statusCode, elapsedTime }: FastifyReply): void {
    this.requests.observe(
      { method, route: routeOptions.url ?? 'unknown', status: statusCode },
      elapsedTime / 1000,
    );
  }

  /** Counts one attempt of a job. */
  countJob(job: string, result: 'done' | 'retried' | 'failed'): void {
    this.jobs.inc({ job, result });
  }

  /** Counts one named event, such as `auth.login_failed`. */
  countEvent(event: string): void {
    this.events.inc({ event });
  }

  /** Counts an attempt to deliver a mail. */
  countMail(outcome: 'delivered' | 'deferred' | 'refused' | 'expired'): void {
    this.mails.inc({ outcome });
  }
}
