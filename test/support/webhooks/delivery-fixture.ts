import { OrganizationEvents } from '@/platform/events/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { TestApp, type TestResponse } from '../app/test-app.js';
import { givenOwnerWithId, type OwnerWithId } from '../organizations/given-organizations.js';
import { givenWebhook, PRIVATE_WEBHOOKS, type TestWebhook } from './given-webhooks.js';
import { WebhookReceiver } from './webhook-receiver.js';

export interface ReceivingWebhook extends TestWebhook {
  /** Its path at the receiver. */
  target: string;
}

/** An application, an owner, and a receiver on loopback. */
export class DeliveryFixture {
  owner!: OwnerWithId;
  private hooks = 0;

  private constructor(
    readonly app: TestApp,
    readonly receiver: WebhookReceiver,
  ) {}

  static async start(): Promise<DeliveryFixture> {
    return new DeliveryFixture(await TestApp.start({ env: PRIVATE_WEBHOOKS }), await WebhookReceiver.start());
  }

  async stop(): Promise<void> {
    await this.app.stop();
    await this.receiver.stop();
  }

  /** Begins a test: with another owner, and a receiver that accepts everything. */
  async reset(): Promise<void> {
    this.receiver.respondWith(204);
    this.owner = await givenOwnerWithId(this.app);
  }

  /** Creates a webhook with a path of its own at the receiver. */
  async givenHook(events?: string[]): Promise<ReceivingWebhook> {
    const target = `/hook-${(this.hooks += 1)}`;
    return {
      ...(await givenWebhook(this.app, this.owner, { url: this.receiver.url(target), events })),
      target,
    };
  }

  sendTest({ path }: TestWebhook): Promise<TestResponse> {
    return this.app.post(`${path}/test`, undefined, { token: this.owner.accessToken });
  }

  /** Publishes an event `member.added` of the organization. */
  publish(data: Record<string, string> = {}): Promise<void> {
    const { nest, clock } = this.app;
    const event = {
      organizationId: this.owner.organizationId as OrganizationId,
      type: 'member.added',
      timestamp: clock.now(),
      data,
    } as const;
    return nest.get(UnitOfWork).run(() => nest.get(OrganizationEvents).publish(event));
  }

  async storedHook(id: string): Promise<{ enabled: boolean; disabled_reason: string | null } | undefined> {
    const [row] = await this.app.sql<{ enabled: boolean; disabled_reason: string | null }>(
      'SELECT enabled, disabled_reason FROM webhooks WHERE id = $1',
      [id],
    );
    return row;
  }
}
