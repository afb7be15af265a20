import { Injectable } from '@nestjs/common';
import { Nodes } from '@/platform/cluster/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { DAY } from '@/platform/kernel/durations.js';
import { estimate } from '../usage/token-estimates.js';
import type { Opened } from './generation-starter.js';
import type { Repeatable } from './idempotent-generations.js';
import type { NewGeneration } from './persistence/generation.repository.js';

/** How long events can be read again, and an idempotency key leads to the same answer. */
const KEPT = DAY;

/** The rows of generations that begin in this process. */
@Injectable()
export class Beginnings {
  constructor(
    private readonly nodes: Nodes,
    private readonly clock: Clock,
  ) {}

  rowOf(
    { live, messages, budget }: Pick<Opened, 'live' | 'messages' | 'budget'>,
    repeatable: Repeatable | null,
  ): NewGeneration {
    const { id, conversationId } = live;
    const { userId: ownerId, organizationId, keyId } = live.owner;
    const { requestKey = null, fingerprint = null } = repeatable ?? {};
    const { inputTokens } = estimate(messages, '');
    return {
      ...{ id, ownerId, organizationId, keyId, conversationId, nodeId: this.nodes.id },
      ...{ requestKey, fingerprint, reservationId: budget.reservationId, inputTokens },
      ...{ createdAt: this.clock.now(), expiresAt: this.clock.after(KEPT) },
    };
  }
}
