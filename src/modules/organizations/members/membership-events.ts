import { Injectable } from '@nestjs/common';
import type { OrganizationId } from '@/platform/kernel/ids.js';

export interface MembershipEndedEvent {
  organizationId: OrganizationId;
  userId: string;
  /** Who ended it; the member themself when they left. */
  endedBy: string;
  /** Ended only to begin again in another organization. */
  moved: boolean;
}

type MembershipEndedHandler = (end: MembershipEndedEvent) => Promise<void>;

/** The end of a membership, for what must end with it. Handlers run in the same transaction. */
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
