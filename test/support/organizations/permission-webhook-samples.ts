import { randomUUID } from 'node:crypto';
import type { TestApp } from '../app/test-app.js';
import { givenWebhook } from '../webhooks/given-webhooks.js';
import type { OwnerWithId } from './given-organizations.js';
import type { SampleFactory } from './permission-samples.js';

/** A webhook with a delivery that is over. No test causes its event, so nothing is sent. */
export interface WebhookRecords {
  webhookId: string;
  deliveryId: string;
}

const HOOK = { url: 'https://8.8.8.8/xentree', events: ['live.session.ended'] };
const WEBHOOK = '/api/organizations/:org_id/webhooks';

export async function givenWebhookRecords(
  app: TestApp,
  owner: Pick<OwnerWithId, 'accessToken' | 'organizationId'>,
): Promise<WebhookRecords> {
  const { id: webhookId } = await givenWebhook(app, owner, HOOK);
  const deliveryId = randomUUID();
  await app.sql(
    `INSERT INTO webhook_deliveries (id, webhook_id, type, payload, state, attempts, created_at)
     VALUES ($1, $2, 'live.session.ended', '{}', 'delivered', 1, now())`,
    [deliveryId, webhookId],
  );
  return { webhookId, deliveryId };
}

export function webhookSamples(): Record<string, SampleFactory> {
  return {
    [`POST ${WEBHOOK}`]: () => ({ body: HOOK }),
    [`PATCH ${WEBHOOK}/:webhook_id`]: () => ({ body: { description: 'Renamed' } }),
  };
}
