import { Injectable } from '@nestjs/common';
import type { OrganizationId } from '../kernel/ids.js';

/** Types of the events that an organization can receive as webhooks. */
export const ORGANIZATION_EVENT_TYPES = [
  'member.added',
  'member.removed',
  'knowledge.document.ready',
  'knowledge.document.failed',
  'live.session.ended',
  'learning.module.completed',
  'learning.xp.awarded',
  'learning.evaluation.finished',
] as const;
export type OrganizationEventType = (typeof ORGANIZATION_EVENT_TYPES)[number];

export interface OrganizationEvent {
  organizationId: OrganizationId;
  type: OrganizationEventType;
  timestamp: Date;
  /** Ids, states and numbers; never texts, tokens or addresses. */
  data: Readonly<Record<string, string | number | boolean | null>>;
}

type OrganizationEventSubscriber = (event: OrganizationEvent) => Promise<void>;

/**
 * Publishes what happened in an organization to modules that tell others about it, such as webhooks. Subscribers run in the
 * transaction of the publisher, so an event and the change that caused it are committed together.
 */
@Injectable()
export class OrganizationEvents {
  private readonly subscribers: OrganizationEventSubscriber[] = [];

  /** Registers a subscriber; called once during the start. */
  subscribe(subscriber: OrganizationEventSubscriber): void {
    this.subscribers.push(subscriber);
  }

  async publish(event: OrganizationEvent): Promise<void> {
    for (const subscriber of this.subscribers) await subscriber(event);
  }
}
