import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/kernel/clock.js';
import { DAY } from '../../../platform/kernel/durations.js';
import type { Budget } from '../usage/budgets.js';
import type { LiveGeneration } from './live-generation.js';
import { Node } from './node.js';
import type { NewGeneration } from './persistence/generation.repository.js';
import type { Repeatable } from './repeats.js';

/** How long events can be read again, and an idempotency key leads to the same answer. */
const KEPT = DAY;

/** The rows of generations that begin in this process. */
@Injectable()
export class Beginnings {
  constructor(
    private readonly node: Node,
    private readonly clock: Clock,
  ) {}

  rowOf(
    { id, owner, conversationId }: LiveGeneration,
    { reservationId }: Budget,
    repeatable: Repeatable | null,
  ): NewGeneration {
    const { userId: ownerId, organizationId } = owner;
    const { requestKey = null, fingerprint = null } = repeatable ?? {};
    return {
      ...{ id, ownerId, organizationId, conversationId, nodeId: this.node.id, reservationId },
      ...{ requestKey, fingerprint, createdAt: this.clock.now(), expiresAt: this.clock.after(KEPT) },
    };
  }
}
