import { Injectable } from '@nestjs/common';
import { type OrganizationEvent, OrganizationEvents } from '@/platform/events/index.js';
import type { LearningEventInput } from '../ledger/learning-event.js';
import { LearningEventRepository } from '../ledger/persistence/learning-event.repository.js';
import type { DeedTimes } from './deed-recorder.js';

/** Publishes progress of members to their organizations: from joining on, and numbers only. */
@Injectable()
export class LearningAnnouncer {
  constructor(
    private readonly events: LearningEventRepository,
    private readonly organizationEvents: OrganizationEvents,
  ) {}

  /** Publishes in the transaction of the caller. */
  async announce(
    input: LearningEventInput,
    { occurredAt, now }: DeedTimes,
    xpAwarded: number,
  ): Promise<void> {
    const events = toEvents(input, xpAwarded);
    if (events.length === 0) return;
    const timestamp = input.type === 'evaluation.finished' ? now : occurredAt; // it occurred when the text was sent
    for (const organizationId of await this.events.findOrganizations(input.userId, occurredAt))
      for (const event of events)
        await this.organizationEvents.publish({ ...event, organizationId, timestamp });
  }
}

type Announcement = Pick<OrganizationEvent, 'type' | 'data'>;

/** Returns what organizations learn about a deed. */
function toEvents(
  { userId: user_id, type, sourceId, subjectId = sourceId, data = {} }: LearningEventInput,
  xp: number,
): Announcement[] {
  const events: Announcement[] = [];
  if (type === 'module.completed')
    events.push({ type: 'learning.module.completed', data: { user_id, module_id: subjectId, xp } });
  if (type === 'evaluation.finished')
    events.push({
      type: 'learning.evaluation.finished',
      data: { user_id, evaluation_id: sourceId, ...data },
    });
  if (xp > 0) events.push({ type: 'learning.xp.awarded', data: { user_id, reason: type, xp } });
  return events;
}
