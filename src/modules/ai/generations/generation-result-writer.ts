import { Injectable } from '@nestjs/common';
import { TurnWriter } from '@/modules/conversations/index.js';
import { isRowError } from '@/platform/concurrency/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Log } from '@/platform/logging/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { UsageRecorder, type BillingOwner, type ModelCallUsage } from '../usage/usage-recorder.js';
import { type LastEventBatch, GenerationEventRepository } from './persistence/generation-event.repository.js';

export type AnswerMessage = Parameters<TurnWriter['appendAnswer']>[1];

/** What is written when a generation ends. */
export interface GenerationResult extends Pick<
  LastEventBatch,
  'generationId' | 'first' | 'frames' | 'state'
> {
  billingOwner: BillingOwner;
  conversationId: string | null;
  reservationId: string | null;
  callUsage: readonly ModelCallUsage[];
  /** The message that its conversation gets; null for none. */
  message: AnswerMessage | null;
  /** Stores the receipt of a grounded answer with the result; null for none. */
  storeReceipt: (() => Promise<void>) | null;
}

/**
 * Writes the result of a generation: the last events, the state, the message and the token usage, atomically. Throws
 * {@link GenerationGoneError} and writes nothing when the generation is not running any more.
 */
@Injectable()
export class GenerationResultWriter {
  constructor(
    private readonly generationEvents: GenerationEventRepository,
    private readonly turnWriter: TurnWriter,
    private readonly usageRecorder: UsageRecorder,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async write({ generationId, first, frames, state, ...result }: GenerationResult): Promise<void> {
    const lastBatch = { generationId, first, frames, state, endedAt: this.clock.now(), usage: [] };
    const { conversationId, reservationId, storeReceipt } = result;
    const isStandalone = conversationId === null && reservationId === null && storeReceipt === null;
    if (isStandalone)
      await this.writeStandalone({
        ...lastBatch,
        usage: this.usageRecorder.toUsageItems(result.billingOwner, result.callUsage),
      });
    else await this.writeInTransaction(lastBatch, result);
  }

  /**
   * Writes everything in one batched statement. When the usage of a generation without a reservation cannot be
   * recorded, the generation is completed without it: no token limit depends on it.
   */
  private async writeStandalone(lastBatch: LastEventBatch): Promise<void> {
    const applied = await this.generationEvents.finish(lastBatch).catch((error: unknown) => {
      if (!isRowError(error)) throw error;
      this.log.error('ai.tokens_not_counted', error);
      return this.generationEvents.finish({ ...lastBatch, usage: [] });
    });
    if (!applied) throw new GenerationGoneError();
  }

  private async writeInTransaction(
    lastBatch: LastEventBatch,
    {
      billingOwner,
      conversationId,
      reservationId,
      callUsage,
      message,
      storeReceipt,
    }: Omit<GenerationResult, keyof LastEventBatch>,
  ): Promise<void> {
    await this.unitOfWork.run(async () => {
      if (
        conversationId !== null &&
        message &&
        !(await this.turnWriter.appendAnswer(conversationId, message))
      )
        throw new GenerationGoneError();
      if (!(await this.generationEvents.finishInTransaction(lastBatch))) throw new GenerationGoneError();
      await this.usageRecorder.record(billingOwner, reservationId, callUsage);
      await storeReceipt?.();
    });
  }
}

/** The generation, its conversation or its owner was deleted, or another process has finished the generation. */
export class GenerationGoneError extends Error {}
