import { Injectable } from '@nestjs/common';
import { conversationErrors } from '@/modules/conversations/index.js';
import { requestContext } from '@/platform/context/index.js';
import type { AppError } from '@/platform/errors/index.js';
import { aiErrors } from '../ai.errors.js';
import { NOT_SUPPORTED_TEXT, toAnswerSource } from '../grounding/grounded-generation.js';
import type { AnswerMetadata, ModelAnswer } from '../models/language-model.js';
import type { RouteTrace } from '../routing/route-trace.js';
import type { TokenReservation } from '../usage/token-budgets.js';
import { UsageRecorder, type ModelCallUsage } from '../usage/usage-recorder.js';
import { type ActiveGeneration, buildErrorFrame } from './active-generation.js';
import type { AnswerAccumulator } from './answer-accumulator.js';
import { type ChatFinishReason, ChatResponse, toUsageResponse } from './dto/chat.response.js';
import {
  type GenerationResult,
  GenerationResultWriter,
  GenerationGoneError,
  type AnswerMessage,
} from './generation-result-writer.js';
import { GenerationEventRepository } from './persistence/generation-event.repository.js';
import type { GenerationState } from './persistence/generation.repository.js';

/** A running generation with everything that is needed to finish it. */
export interface GenerationContext {
  generation: ActiveGeneration;
  trace: RouteTrace;
  reservation: TokenReservation;
  accumulator: AnswerAccumulator;
}

/** The result of a generation with its last event. */
interface Outcome extends Pick<GenerationResult, 'state' | 'callUsage' | 'message' | 'storeReceipt'> {
  frame: string;
}

/** Finishes generations. The last event is published after the result has been written. */
@Injectable()
export class GenerationFinisher {
  constructor(
    private readonly generationEvents: GenerationEventRepository,
    private readonly resultWriter: GenerationResultWriter,
    private readonly usageRecorder: UsageRecorder,
  ) {}

  /** Finishes a generation whose answer is complete. */
  async complete(context: GenerationContext, provider: string, answer: AnswerMetadata): Promise<void> {
    const { generation, accumulator } = context;
    const { grounded } = generation;
    const { model, usage, finishReason } = answer;
    if (grounded && !grounded.supported) appendNotSupported(context);
    const sources = grounded ? grounded.citedSources.map(toAnswerSource) : answer.sources;
    if (sources.length > 0) generation.append('sources', { sources });
    const message = toAnswerMessage(context, { provider, model, finishReason, usage, sources });
    await this.writeResult(context, {
      state: 'done',
      frame: generation.buildFrame('done', toResult(context, { ...answer, sources, finishReason }, message)),
      callUsage: accumulator.callUsage(),
      message,
      storeReceipt: toReceipt(context),
    });
  }

  /** Finishes a generation that a client has stopped. The partial answer is kept with the finish reason `stopped`. */
  async finishStopped(context: GenerationContext): Promise<void> {
    const { generation, accumulator, trace } = context;
    const { provider = trace.plan.requestedName, model = '' } = accumulator.answeringModel ?? {};
    const { grounded } = generation;
    const sources = grounded?.citedSources.map(toAnswerSource) ?? [];
    if (sources.length > 0) generation.append('sources', { sources });
    const answer = { model, usage: null, sources };
    const message = toAnswerMessage(context, { ...answer, provider, finishReason: 'stopped' });
    await this.writeResult(context, {
      state: 'stopped',
      frame: generation.buildFrame(
        'done',
        toResult(context, { ...answer, finishReason: 'stopped' }, message),
      ),
      callUsage: accumulator.callUsage(),
      message,
      storeReceipt: toReceipt(context),
    });
  }

  /** Finishes a generation with an error. A partial answer is kept with the finish reason `error`. */
  async fail(context: GenerationContext, error: AppError): Promise<void> {
    const { generation, accumulator, trace } = context;
    const { provider = trace.plan.requestedName, model = '' } = accumulator.answeringModel ?? {};
    generation.failure = error;
    await this.writeResult(context, {
      state: 'failed',
      frame: toErrorFrame(generation, error),
      callUsage: accumulator.callUsage(),
      message: toAnswerMessage(context, { provider, model, finishReason: 'error', usage: null, sources: [] }),
      storeReceipt: null,
    });
  }

  /**
   * Ends a generation that was deleted, or that another process has finished. If it was deleted, its usage is
   * recorded. Throws {@link GenerationGoneError}.
   */
  async abandon({ generation, reservation, accumulator }: GenerationContext): Promise<never> {
    generation.finishing = true;
    await generation.pendingWrite;
    await this.recordUsageIfDeleted(generation, reservation, accumulator.callUsage());
    throw new GenerationGoneError();
  }

  /** Returns the error for readers of a generation that was deleted or finished by another process. */
  async buildGoneError(generation: ActiveGeneration): Promise<AppError> {
    return generation.conversationId !== null && (await this.findState(generation)) === undefined
      ? conversationErrors.conversation_not_found()
      : aiErrors.generation_interrupted();
  }

  /** Returns undefined when the generation was deleted. */
  private async findState({ id, eventCount }: ActiveGeneration): Promise<GenerationState | undefined> {
    return (await this.generationEvents.readPage(id, eventCount))?.state;
  }

  /**
   * Records the usage of a deleted generation: its tokens were billed. The usage of any other generation was recorded
   * by the process that finished it. Returns the stored state, undefined when deleted.
   */
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
      // Only this process can set `done` or `stopped`, so the commit succeeded and only its acknowledgement was lost.
      if (state !== outcome.state || state === 'failed') throw error;
    }
    generation.publish(frame);
  }
}

/** Says that the documents do not answer. A result of another form has a field for that, so its stream has no such event. */
function appendNotSupported({ generation, accumulator }: GenerationContext): void {
  const content = accumulator.append(NOT_SUPPORTED_TEXT);
  if (!generation.hasOwnResult) generation.append('delta', { content });
}

/** Returns null without a sentence that has sources. */
function toReceipt({ generation, accumulator }: GenerationContext): (() => Promise<void>) | null {
  const { id, conversationId, grounded } = generation;
  if (!grounded?.supported) return null;
  const { question, receiptId, sentences, citedSources } = grounded;
  const record = { receiptId, generationId: id, conversationId, answer: accumulator.content };
  return () => question.storeReceipt({ ...record, sentences, sources: citedSources });
}

/** Returns the data of the event `done`. */
function toResult(
  { generation, trace, accumulator }: GenerationContext,
  answer: Pick<ModelAnswer, 'model' | 'usage' | 'sources'> & { finishReason: ChatFinishReason },
  message: AnswerMessage | null,
): object {
  const { grounded } = generation;
  const response = ChatResponse.from({
    grounded: answer.finishReason === 'stopped' && !grounded?.supported ? undefined : grounded,
    ...answer,
    requestedName: trace.plan.requestedName,
    content: accumulator.content,
    reasoning: accumulator.reasoning,
    route: trace.steps,
    messageId: message?.id ?? null,
    conversationId: generation.conversationId,
  });
  return generation.toResult(response, grounded);
}

/** Returns the error as the next event of the generation, without publishing it. */
export function toErrorFrame({ id, eventCount }: ActiveGeneration, error: AppError): string {
  return buildErrorFrame(eventCount + 1, error, requestContext.requestId ?? id);
}

/** Returns the message for the conversation; null without a conversation, and for an incomplete answer without text. */
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
