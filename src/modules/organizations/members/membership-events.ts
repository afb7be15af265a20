import { Injectable } from '@nestjs/common';
import type { OrganizationId } from '@/platform/kernel/ids.js';

export interface MembershipEndedEvent {
  organizationId: OrganizationId;
  userId: string;
  /** The user who ended the membership; the member when they left. */
  endedBy: string;
  /** True when the member was moved to another organization. */
  moved: boolean;
}

type MembershipEndedHandler = (end: MembershipEndedEvent) => Promise<void>;

/** Publishes the end of memberships to other modules. Handlers run in the same transaction. */
@Injectable()
export class MembershipEvents {
  private readonly handlers: MembershipEndedHandler[] = [];

  onEnded(handler: MembershipEndedHandler): void {
    this.handlers.push(handler);
  }

  async publishEnded(event: MembershipEndedEvent): Promise<void> {
    for (const handler of this.handlers) await handler(event);
  }
}
