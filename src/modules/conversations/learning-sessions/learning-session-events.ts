import { Injectable } from '@nestjs/common';
import type { OrganizationId } from '@/platform/kernel/ids.js';

export interface LearningSessionEndedEvent {
  id: string;
  /** The owner of the conversation. */
  userId: string;
  /** The organization of the API key that created the conversation. */
  organizationId: OrganizationId | null;
  startedAt: Date;
  endedAt: Date;
}

type LearningSessionEndedHandler = (event: LearningSessionEndedEvent) => Promise<void>;

/** Publishes the end of learning sessions to other modules. Handlers run in the transaction that ends the session. */
@Injectable()
export class LearningSessionEvents {
  private readonly endedHandlers: LearningSessionEndedHandler[] = [];

  onEnded(handler: LearningSessionEndedHandler): void {
    this.endedHandlers.push(handler);
  }

  async publishEnded(event: LearningSessionEndedEvent): Promise<void> {
    for (const handler of this.endedHandlers) await handler(event);
  }
}
