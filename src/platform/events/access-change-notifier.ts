import { Injectable } from '@nestjs/common';
import type { OrganizationId } from '../kernel/ids.js';
import { NotificationBus } from '../persistence/index.js';

const USER_TOPIC = 'access-of';
const ORGANIZATION_TOPIC = 'access-in';

type Handler = (id: string) => void;

/**
 * News that what somebody may do has changed, for caches of rights: at once on this node when the surrounding
 * transaction commits, and on every other node within a second.
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

  /** An account was closed, suspended, or has another second factor. */
  publishUserChange(userId: string): Promise<void> {
    return this.publish(USER_TOPIC, userId);
  }

  /** Somebody's role changed or ended, or the organization demands something else. */
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
