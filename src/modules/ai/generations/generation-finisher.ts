import { Injectable } from '@nestjs/common';
import { conversationErrors } from '@/modules/conversations/index.js';
import { requestContext } from '@/platform/context/request-context.js';
import type { AppError } from '@/platform/errors/index.js';
import { aiErrors } from '../ai.errors.js';
import type { ModelAnswer } from '../models/language-model.js';
import type { RouteTrace } from '../routing/route-trace.js';
import type { TokenReservation } from '../usage/token-budgets.js';
import { UsageRecorder, type ModelCallUsage } from '../usage/usage-recorder.js';
import type { ActiveGeneration } from './active-generation.js';
import type { AnswerAccumulator } from './answer-accumulator.js';
import { type ChatFinishReason, ChatResponse, toUsageResponse } from './dto/chat.response.js';
import { buildErrorFrame } from './error-event.js';
import {
  type GenerationResult,
  GenerationResultWriter,
  GenerationGoneError,
  type AnswerMessage,
} from './generation-result-writer.js';
import { EventLogRepository } from './persistence/event-log.repository.js';
import type { GenerationState } from './persistence/generation.repository.js';

/** An answer under way, with everything that its end has to settle. */
export interface GenerationContext {
  generation: ActiveGeneration;
  trace: RouteTrace;
  reservation: TokenReservation;
  accumulator: AnswerAccumulator;
}

/** What one way to end comes to. */
interface Outcome extends Pick<GenerationResult, 'state' | 'callUsage' | 'message'> {
  frame: string;
}

/** How answers end. Nobody sees the last event before all that hangs on it is written. */
@Injectable()
export class GenerationFinisher {
  constructor(
    private readonly eventLog: EventLogRepository,
    private readonly resultWriter: GenerationResultWriter,
    private readonly usageRecorder: UsageRecorder,
  ) {}

  /** The answer is whole, as far as the provider goes. */
  async complete(
    context: GenerationContext,
    provider: string,
    answer: Omit<ModelAnswer, 'content'>,
  ): Promise<void> {
    const { generation, accumulator } = context;
    const { model, usage, finishReason, sources } = answer;
    if (sources.length > 0) generation.append('sources', { sources });
    const message = toAnswerMessage(context, { provider, model, finishReason, usage, sources });
    await this.writeResult(context, {
      state: 'done',
      frame: generation.buildFrame('done', toChatResponse(context, { ...answer, finishReason }, message)),
      callUsage: accumulator.finalUsage({ provider, model }, usage),
      message,
    });
  }

  /** Somebody stopped it: what there is stays, and says so. */
  async completeStopped(context: GenerationContext): Promise<void> {
    const { generation, accumulator, trace } = context;
    const { provider = trace.plan.requestedName, model = '' } = accumulator.answeringModel ?? {};
    const answer = { model, usage: null, sources: [] };
    const message = toAnswerMessage(context, { ...answer, provider, finishReason: 'stopped' });
    await this.writeResult(context, {
      state: 'stopped',
      frame: generation.buildFrame(
        'done',
        toChatResponse(context, { ...answer, finishReason: 'stopped' }, message),
      ),
      callUsage: accumulator.usageSoFar(),
      message,
    });
  }

  /** It came to nothing, or broke off. */
  async fail(context: GenerationContext, error: AppError): Promise<void> {
    const { generation, accumulator, trace } = context;
    const { provider = trace.plan.requestedName, model = '' } = accumulator.answeringModel ?? {};
    generation.failure = error;
    await this.writeResult(context, {
      state: 'failed',
      frame: toErrorFrame(generation, error),
      callUsage: accumulator.usageSoFar(),
      message: toAnswerMessage(context, { provider, model, finishReason: 'error', usage: null, sources: [] }),
    });
  }

  /** It was deleted, or ended by another process: nothing of it is kept but what it took. */
  async abandon({ generation, reservation, accumulator }: GenerationContext): Promise<never> {
    generation.finishing = true;
    await generation.pendingWrite;
    await this.recordUsageIfDeleted(generation, reservation, accumulator.usageSoFar());
    throw new GenerationGoneError();
  }

  /** Why an answer could not be ended: what it belongs to was deleted, or another process has ended it. */
  async goneReason(generation: ActiveGeneration): Promise<AppError> {
    return generation.conversationId !== null && (await this.findState(generation)) === undefined
      ? conversationErrors.conversation_not_found()
      : aiErrors.generation_interrupted();
  }

  /** Undefined when it was deleted. */
  private async findState({ id, eventCount }: ActiveGeneration): Promise<GenerationState | undefined> {
    return (await this.eventLog.readPage(id, eventCount))?.state;
  }

  /** What a deleted answer took was taken all the same. Whoever else ended one has counted it. */
  private async recordUsageIfDeleted(
    generation: ActiveGeneration,
    { reservationId }: TokenReservation,
    callUsage: readonly ModelCallUsage[],
  ): Promise<GenerationState | undefined> {
    const state = await this.findState(generation);
    if (state === undefined) await this.usageRecorder.record(generation.owner, reservationId, callUsage);
    return state;
  }

  private async writeResult(
    { generation, reservation }: GenerationContext,
    { frame, ...outcome }: Outcome,
  ): Promise<void> {
    const { id: generationId, conversationId, owner: billingOwner } = generation;
    const { reservationId } = reservation;
    generation.finishing = true;
    await generation.pendingWrite;
    const batch = {
      generationId,
      first: generation.storedEvents + 1,
      frames: [...generation.unstoredFrames, frame],
    };
    try {
      await this.resultWriter.write({ ...batch, conversationId, billingOwner, reservationId, ...outcome });
    } catch (error) {
      if (!(error instanceof GenerationGoneError)) throw error;
      const state = await this.recordUsageIfDeleted(generation, reservation, outcome.callUsage);
      // Nobody else ends one well: this was written, and only the word of it was lost.
      if (state !== outcome.state || state === 'failed') throw error;
    }
    generation.publish(frame);
  }
}

function toChatResponse(
  { generation, trace, accumulator }: GenerationContext,
  answer: Pick<ModelAnswer, 'model' | 'usage' | 'sources'> & { finishReason: ChatFinishReason },
  message: AnswerMessage | null,
): ChatResponse {
  const { conversationId } = generation;
  const { requestedName } = trace.plan;
  const ids = { messageId: message?.id ?? null, conversationId };
  return ChatResponse.from({
    ...answer,
    requestedName,
    content: accumulator.content,
    route: trace.steps,
    ...ids,
  });
}

export function toErrorFrame({ id, eventCount }: ActiveGeneration, error: AppError): string {
  return buildErrorFrame(eventCount + 1, error, requestContext.requestId ?? id);
}

/** What is kept of an answer in its conversation: nothing where there is nothing. */
function toAnswerMessage(
  { generation, accumulator }: GenerationContext,
  answer: Omit<AnswerMessage, 'id' | 'content' | 'usage'> & { usage: ModelAnswer['usage'] },
): AnswerMessage | null {
  const { messageId } = generation;
  const { content } = accumulator;
  const isIncomplete = answer.finishReason === 'error' || answer.finishReason === 'stopped';
  if (messageId === null || (isIncomplete && content === '')) return null;
  return { ...answer, id: messageId, content, usage: answer.usage && toUsageResponse(answer.usage) };
}
