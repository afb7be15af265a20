import { Injectable } from '@nestjs/common';
import type { OrganizationId } from '../kernel/ids.js';
import { NotificationBus } from '../persistence/index.js';

const USER_TOPIC = 'access-of';
const ORGANIZATION_TOPIC = 'access-in';

type Handler = (id: string) => void;

/**
 * Notifies caches that the access of a user, or of the members of an organization, has changed. Handlers run on this node when
 * the surrounding transaction commits, and on every other node within a second.
 */
@Injectable()
export class AccessChangeNotifier {
  private readonly handlers = { [USER_TOPIC]: [] as Handler[], [ORGANIZATION_TOPIC]: [] as Handler[] };

  constructor(private readonly notifications: NotificationBus) {
    notifications.subscribe(USER_TOPIC, (id) => this.callHandlers(USER_TOPIC, id));
    notifications.subscribe(ORGANIZATION_TOPIC, (id) => this.callHandlers(ORGANIZATION_TOPIC, id));
  }

  onUserAccessChanged(handler: Handler): void {
    this.handlers[USER_TOPIC].push(handler);
  }

  onOrganizationAccessChanged(handler: Handler): void {
    this.handlers[ORGANIZATION_TOPIC].push(handler);
  }

  /** Publishes that a user was closed, suspended, or has other second factors. */
  publishUserChange(userId: string): Promise<void> {
    return this.publish(USER_TOPIC, userId);
  }

  /** Publishes that the role of a member or a requirement of the organization has changed. */
  publishOrganizationChange(organizationId: OrganizationId): Promise<void> {
    return this.publish(ORGANIZATION_TOPIC, organizationId);
  }

  private async publish(topic: typeof USER_TOPIC | typeof ORGANIZATION_TOPIC, id: string): Promise<void> {
    await this.notifications.publish(topic, id);
    await this.notifications.afterCommit(() => this.callHandlers(topic, id));
  }

  private callHandlers(topic: typeof USER_TOPIC | typeof ORGANIZATION_TOPIC, id: string): void {
    for (const handler of this.handlers[topic]) handler(id);
  }
}
