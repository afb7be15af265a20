import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ClusterNodes } from '@/platform/cluster/index.js';
import { LOCAL_PROVIDER } from '@/platform/config/index.js';
import { Log } from '@/platform/logging/index.js';
import { parseLastEvent } from '@/platform/sse/index.js';
import { aiErrors } from '../ai.errors.js';
import type { ModelCallUsage } from '../usage/usage-recorder.js';
import { estimateOutputTokens } from '../usage/usage.rules.js';
import { buildErrorFrame } from './active-generation.js';
import type { AnsweringModel } from './answer-accumulator.js';
import {
  type GenerationResult,
  GenerationResultWriter,
  GenerationGoneError,
  type AnswerMessage,
} from './generation-result-writer.js';
import { type EventBatch, GenerationEventRepository } from './persistence/generation-event.repository.js';
import { GenerationRepository, type OrphanedGeneration } from './persistence/generation.repository.js';

/** Readers may have received events that were never stored; the error event needs a higher number than those. */
const UNSEEN_EVENT_GAP = 1_000_000;

/** The text of one model. */
interface AnswerSegment {
  answeringModel: AnsweringModel | undefined;
  text: string;
}

/** The stored part of an answer whose process died. */
export interface PartialAnswer {
  /** The number of the last stored event; 0 without events. */
  last: number;
  messageId: string | null;
  /** Oldest first. Only the last segment belongs to the answer; a `restart` event discarded the others. */
  segments: AnswerSegment[];
}

/**
 * Finishes generations whose process died: stores an error event, keeps the partial answer, records the estimated
 * usage, and allows the next turn of the conversation.
 */
@Injectable()
export class GenerationRecoveryService implements OnModuleInit {
  /** Generations of this process whose result could not be written; the next run retries them. */
  private readonly lostIds = new Set<string>();

  constructor(
    private readonly clusterNodes: ClusterNodes,
    private readonly generations: GenerationRepository,
    private readonly generationEvents: GenerationEventRepository,
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
    const orphans = await this.generations.claimOrphans(lostIds);
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
    const partial = parsePartialAnswer(await this.generationEvents.readBatches(generation.id));
    const result = toInterruptedResult(generation, partial);
    try {
      await this.resultWriter.write(result);
    } catch (error) {
      // Deleted, or finished by its own process, which was only slow.
      if (error instanceof GenerationGoneError) return;
      this.log.error('ai.tokens_not_counted', error);
      await this.resultWriter.write({ ...result, callUsage: [] });
    }
  }
}

/** Rebuilds the answer from its stored events, as a client would do it. */
export function parsePartialAnswer(batches: readonly EventBatch[]): PartialAnswer {
  let messageId: string | null = null;
  let last = 0;
  const segments: AnswerSegment[] = [{ answeringModel: undefined, text: '' }];
  for (const { first, frames, answeringModel } of batches) {
    for (const { event, data } of frames.flatMap((frame) => parseLastEvent(frame) ?? [])) {
      const payload = data as AnsweringModel & { message_id: string | null; content: string };
      const segment = segments.at(-1);
      if (event === 'start') messageId = payload.message_id;
      if (event === 'restart')
        segments.push({ answeringModel: { provider: payload.provider, model: payload.model }, text: '' });
      if (event !== 'delta' || !segment) continue;
      segment.answeringModel ??= answeringModel;
      segment.text += payload.content;
    }
    last = first + frames.length - 1;
  }
  return { last, messageId, segments };
}

/** Returns the failed result of an interrupted generation, with the usage estimated from the stored text. */
export function toInterruptedResult(
  generation: OrphanedGeneration,
  partial: PartialAnswer,
): GenerationResult {
  const { id, key_id: keyId } = generation;
  const first = partial.last + UNSEEN_EVENT_GAP;
  return {
    generationId: id,
    conversationId: generation.conversation_id,
    reservationId: generation.reservation_id,
    billingOwner: {
      userId: generation.owner_id,
      keyId,
      organizationId: keyId === null ? null : generation.organization_id,
    },
    first,
    frames: [buildErrorFrame(first, aiErrors.generation_interrupted(), id)],
    state: 'failed',
    callUsage: estimateCallUsage(partial, generation.input_tokens),
    message: toPartialMessage(partial),
    storeReceipt: null,
  };
}

function estimateCallUsage({ segments }: PartialAnswer, inputTokens: number): ModelCallUsage[] {
  return segments.flatMap(({ answeringModel, text }) => {
    if (!answeringModel || answeringModel.provider === LOCAL_PROVIDER) return [];
    return [{ ...answeringModel, usage: { inputTokens, outputTokens: estimateOutputTokens(text.length) } }];
  });
}

function toPartialMessage({ messageId, segments }: PartialAnswer): AnswerMessage | null {
  const { answeringModel, text: content = '' } = segments.at(-1) ?? {};
  if (messageId === null || content === '' || !answeringModel) return null;
  return { ...answeringModel, id: messageId, content, finishReason: 'error', usage: null, sources: [] };
}
