import { Injectable } from '@nestjs/common';
import { ClusterNodes } from '@/platform/cluster/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { DAY } from '@/platform/kernel/durations.js';
import { estimateUsage } from '../usage/token-estimates.js';
import type { StartedGeneration } from './generation-starter.js';
import type { IdempotencyIdentity } from './idempotent-generations.js';
import type { NewGeneration } from './persistence/generation.repository.js';

/** How long events can be read again, and an idempotency key leads to the same answer. */
const RETENTION = DAY;

/** The rows of generations that begin in this process. */
@Injectable()
export class GenerationRowBuilder {
  constructor(
    private readonly clusterNodes: ClusterNodes,
    private readonly clock: Clock,
  ) {}

  newGenerationRow(
    { generation, messages, reservation }: Pick<StartedGeneration, 'generation' | 'messages' | 'reservation'>,
    identity: IdempotencyIdentity | null,
  ): NewGeneration {
    const { id, conversationId } = generation;
    const { userId: ownerId, organizationId, keyId } = generation.owner;
    const { requestKey = null, fingerprint = null } = identity ?? {};
    const { inputTokens } = estimateUsage(messages, '');
    return {
      ...{ id, ownerId, organizationId, keyId, conversationId, nodeId: this.clusterNodes.nodeId },
      ...{ requestKey, fingerprint, reservationId: reservation.reservationId, inputTokens },
      ...{ createdAt: this.clock.now(), expiresAt: this.clock.after(RETENTION) },
    };
  }
}
