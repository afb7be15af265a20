import { setTimeout as pause } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import type { TestApp, TestResponse } from '../app/test-app.js';
import { expectStatus } from '../http/responses.js';
import type { OwnerWithId } from '../organizations/given-organizations.js';
import type { ReceivedWebhook } from './webhook-receiver.js';

/** The settings with which webhooks reach the receivers of tests. */
export const PRIVATE_WEBHOOKS = { WEBHOOKS_ALLOW_PRIVATE: 'on' };

export interface TestWebhook {
  id: string;
  secret: string;
  path: string;
}

export interface TestDelivery {
  id: string;
  type: string;
  state: string;
  attempts: number;
  status_class: string | null;
  reason: string | null;
  duration_ms: number | null;
  next_attempt_at: string | null;
}

type Owner = Pick<OwnerWithId, 'accessToken' | 'organizationId'>;

export function webhooksPath({ organizationId }: Pick<Owner, 'organizationId'>, ...rest: string[]): string {
  return ['/api/organizations', organizationId, 'webhooks', ...rest].join('/');
}

/** Creates a webhook; `path` is its path below the collection. */
export async function givenWebhook(
  app: TestApp,
  owner: Owner,
  { url, events = ['member.added'] }: { url: string; events?: string[] },
): Promise<TestWebhook> {
  const request = app.post(webhooksPath(owner), { url, events }, { token: owner.accessToken });
  const { id, secret } = (await expectStatus(201, request)).body as { id: string; secret: string };
  return { id, secret, path: webhooksPath(owner, id) };
}

export async function listDeliveries(app: TestApp, owner: Owner, webhookId: string): Promise<TestDelivery[]> {
  const url = webhooksPath(owner, webhookId, 'deliveries');
  return (await expectStatus(200, app.get(url, { token: owner.accessToken }))).body as TestDelivery[];
}

export function redeliver(
  app: TestApp,
  owner: Owner,
  { webhookId, deliveryId }: { webhookId: string; deliveryId: string },
): Promise<TestResponse> {
  const url = webhooksPath(owner, webhookId, 'deliveries', deliveryId, 'redeliver');
  return app.post(url, undefined, { token: owner.accessToken });
}

/** Waits until the newest delivery of a webhook has been tried `attempts` times; returns its row. */
export async function waitForAttempts(
  app: TestApp,
  webhookId: string,
  attempts: number,
): Promise<StoredDelivery> {
  for (;;) {
    const [newest] = await storedDeliveries(app, webhookId);
    if (newest?.attempts === attempts) return newest;
    await pause(20);
  }
}

type StoredDelivery = Omit<TestDelivery, 'next_attempt_at'> & {
  attempted_at: Date | null;
  next_attempt_at: Date | null;
};

/** Returns the stored deliveries of a webhook, newest first; also after the access token of the owner has expired. */
export function storedDeliveries(app: TestApp, webhookId: string): Promise<StoredDelivery[]> {
  return app.sql('SELECT * FROM webhook_deliveries WHERE webhook_id = $1 ORDER BY id DESC', [webhookId]);
}

/** Makes all jobs of deliveries due, and waits until none is. */
export async function runPendingDeliveries(app: TestApp): Promise<void> {
  await app.sql(`SELECT graphile_worker.reschedule_jobs(
    ARRAY(SELECT id FROM graphile_worker.jobs WHERE task_identifier = 'deliveries.send' AND locked_at IS NULL),
    run_at => now())`);
  for (;;) {
    // Wakes the workers; one that has just finished a job of the same webhook would else sleep.
    await app.sql(`SELECT pg_notify('jobs:insert', '{"r":"test","count":1}')`);
    const due = await app.sql(
      `SELECT FROM graphile_worker.jobs WHERE task_identifier = 'deliveries.send' AND run_at <= now()`,
    );
    if (due.length === 0) return;
    await pause(20);
  }
}

/**
 * Verifies the signature with the library of Standard Webhooks, at the time of the application; returns the parsed body. Throws
 * for a wrong signature.
 */
export function verify(
  { clock }: TestApp,
  { body, headers }: ReceivedWebhook,
  secret: string,
): { type: string; timestamp: string; data: Record<string, unknown> } {
  const now = jest.spyOn(Date, 'now').mockReturnValue(clock.millis());
  try {
    return new Webhook(secret).verify(body, headers as Record<string, string>) as never;
  } finally {
    now.mockRestore();
  }
}

/** Runs an action while a service has other settings. */
export async function withSettings<T>(
  service: object,
  settings: object,
  action: () => Promise<T>,
): Promise<T> {
  const owner = service as { config: object };
  const { config } = owner;
  owner.config = Object.create(config, Object.getOwnPropertyDescriptors(settings)) as object;
  try {
    return await action();
  } finally {
    owner.config = config;
  }
}
