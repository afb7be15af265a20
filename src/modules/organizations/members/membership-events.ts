import { Injectable } from '@nestjs/common';
import type { OrganizationId } from '@/platform/kernel/ids.js';

export interface MembershipEnd {
  organizationId: OrganizationId;
  userId: string;
  /** Who ended it; the member themself when they left. */
  endedBy: string;
  /** Ended only to begin again in another organization. */
  moved: boolean;
}

type Handler = (end: MembershipEnd) => Promise<void>;

/** The end of a membership, for what must end with it. Handlers run in the same transaction. */
@Injectable()
export class MembershipEvents {
  private readonly handlers: Handler[] = [];

  onEnd(handler: Handler): void {
    this.handlers.push(handler);
  }

  async ended(end: MembershipEnd): Promise<void> {
    for (const handler of this.handlers) await handler(end);
  }
}
