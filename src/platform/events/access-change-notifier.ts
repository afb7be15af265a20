import { Injectable } from '@nestjs/common';
import type { OrganizationId } from '../kernel/ids.js';
import { Notifications } from '../persistence/index.js';

const USER = 'access-of';
const ORGANIZATION = 'access-in';

type Handler = (id: string) => void;

/**
 * News that what somebody may do has changed, for caches of rights: at once on this node when the surrounding
 * transaction commits, and on every other node within a second.
 */
@Injectable()
export class AccessChanges {
  private readonly handlers = { [USER]: [] as Handler[], [ORGANIZATION]: [] as Handler[] };

  constructor(private readonly notifications: Notifications) {
    notifications.on(USER, (id) => this.tell(USER, id));
    notifications.on(ORGANIZATION, (id) => this.tell(ORGANIZATION, id));
  }

  onUser(handler: Handler): void {
    this.handlers[USER].push(handler);
  }

  onOrganization(handler: Handler): void {
    this.handlers[ORGANIZATION].push(handler);
  }

  /** An account was closed, suspended, or has another second factor. */
  ofUser(userId: string): Promise<void> {
    return this.publish(USER, userId);
  }

  /** Somebody's role changed or ended, or the organization demands something else. */
  inOrganization(organizationId: OrganizationId): Promise<void> {
    return this.publish(ORGANIZATION, organizationId);
  }

  private async publish(topic: typeof USER | typeof ORGANIZATION, id: string): Promise<void> {
    await this.notifications.publish(topic, id);
    await this.notifications.afterCommit(() => this.tell(topic, id));
  }

  private tell(topic: typeof USER | typeof ORGANIZATION, id: string): void {
    for (const handler of this.handlers[topic]) handler(id);
  }
}
