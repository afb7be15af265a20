import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ClusterNodes } from '@/platform/cluster/index.js';
import { LOCAL_PROVIDER } from '@/platform/config/index.js';
import { Log } from '@/platform/logging/index.js';
import { aiErrors } from '../ai.errors.js';
import { estimateOutputTokens } from '../usage/token-estimates.js';
import type { ModelCallUsage } from '../usage/usage-recorder.js';
import { buildErrorFrame } from './error-event.js';
import {
  type GenerationResult,
  GenerationResultWriter,
  GenerationGoneError,
  type AnswerMessage,
} from './generation-result-writer.js';
import { type OrphanedGeneration, OrphanedGenerationRepository } from './persistence/abandoned.repository.js';
import { EventLogRepository } from './persistence/event-log.repository.js';
import { type PartialAnswer, parsePartialAnswer } from './remains.js';

/** Readers may have seen events that were never stored. The last one has a number beyond any of those. */
const UNSEEN_EVENT_GAP = 1_000_000;

/**
 * Ends answers whose process died: an honest error instead of silence, what was written kept as broken off, what it
 * took counted as well as possible, and the next turn may begin.
 */
@Injectable()
export class GenerationRecovery implements OnModuleInit {
  /** Generations of this process whose end could not be written: they are ended as soon as that is possible. */
  private readonly lostIds = new Set<string>();

  constructor(
    private readonly clusterNodes: ClusterNodes,
    private readonly orphans: OrphanedGenerationRepository,
    private readonly eventLog: EventLogRepository,
    private readonly resultWriter: GenerationResultWriter,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.clusterNodes.onOrphanedWork(() => this.recoverOrphans());
  }

  scheduleRecovery(id: string): void {
    this.lostIds.add(id);
  }

  private async recoverOrphans(): Promise<void> {
    const lostIds = [...this.lostIds];
    const orphans = await this.orphans.claimOrphans(this.clusterNodes.nodeId, lostIds);
    lostIds.forEach((id) => this.lostIds.delete(id));
    for (const generation of orphans) {
      await this.recover(generation).catch((error: unknown) => {
        this.log.error('ai.generation_not_recovered', error);
        this.lostIds.add(generation.id);
      });
    }
    if (orphans.length > 0) this.log.warn('ai.generations_interrupted', { count: orphans.length });
  }

  private async recover(generation: OrphanedGeneration): Promise<void> {
    const end = toInterruptedResult(
      generation,
      parsePartialAnswer(await this.eventLog.readBatches(generation.id)),
    );
    try {
      await this.resultWriter.write(end);
    } catch (error) {
      if (error instanceof GenerationGoneError) return; // deleted, or its process was only slow
      this.log.error('ai.tokens_not_counted', error);
      await this.resultWriter.write({ ...end, callUsage: [] });
    }
  }
}

function toInterruptedResult(
  { id, owner_id: userId, key_id: keyId, ...row }: OrphanedGeneration,
  partial: PartialAnswer,
): GenerationResult {
  const first = partial.last + UNSEEN_EVENT_GAP;
  return {
    ...{ generationId: id, conversationId: row.conversation_id, reservationId: row.reservation_id },
    billingOwner: { userId, keyId, organizationId: keyId === null ? null : row.organization_id },
    ...{ first, frames: [buildErrorFrame(first, aiErrors.generation_interrupted(), id)], state: 'failed' },
    ...{ callUsage: estimateCallUsage(partial, row.input_tokens), message: toPartialMessage(partial) },
  };
}

function estimateCallUsage({ segments }: PartialAnswer, inputTokens: number): ModelCallUsage[] {
  return segments.flatMap(({ answeringModel, text }) => {
    if (!answeringModel || answeringModel.provider === LOCAL_PROVIDER) return [];
    return [{ ...answeringModel, usage: { inputTokens, outputTokens: estimateOutputTokens(text) } }];
  });
}

function toPartialMessage({ messageId, segments }: PartialAnswer): AnswerMessage | null {
  const { answeringModel, text: content = '' } = segments.at(-1) ?? {};
  if (messageId === null || content === '' || !answeringModel) return null;
  return { ...answeringModel, id: messageId, content, finishReason: 'error', usage: null, sources: [] };
}
