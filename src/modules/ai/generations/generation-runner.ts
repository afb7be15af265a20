import { Injectable } from '@nestjs/common';
import { Config, LOCAL_PROVIDER } from '@/platform/config/index.js';
import { toAppError, type AppError } from '@/platform/errors/index.js';
import { Log } from '@/platform/logging/index.js';
import { aiErrors } from '../ai.errors.js';
import { watchSources } from '../grounding/grounded-generation.js';
import { type PromptRequest, type RoutedCompletion, ModelRouter } from '../routing/model-router.js';
import type { RoutePlan } from '../routing/route-planner.js';
import { RouteTrace } from '../routing/route-trace.js';
import { ActiveGenerationRegistry } from './active-generation-registry.js';
import { type GenerationAbortReason, MAX_GENERATION_MS } from './active-generation.js';
import { AnswerAccumulator } from './answer-accumulator.js';
import type { CreatedGeneration } from './generation-creation.service.js';
import { GenerationFinisher, toErrorFrame, type GenerationContext } from './generation-finisher.js';
import { GenerationRecoveryService } from './generation-recovery.service.js';
import { GenerationGoneError } from './generation-result-writer.js';
import { NOTHING_FOUND } from './nothing-found.js';
import { toPromptRequest } from './prompt.rules.js';

interface RunOptions {
  /** True: events are appended while the model writes. False: the answer is one event. */
  streaming: boolean;
  /** Called once, when the generation has ended. */
  release: () => void;
}

/** Runs generations to their end, whether or not a client is connected. */
@Injectable()
export class GenerationRunner {
  constructor(
    private readonly router: ModelRouter,
    private readonly finisher: GenerationFinisher,
    private readonly activeGenerations: ActiveGenerationRegistry,
    private readonly recovery: GenerationRecoveryService,
    private readonly config: Config,
    private readonly log: Log,
  ) {}

  /**
   * Starts the generation in the background and returns its id once its row is stored. Throws the error of the
   * insert; the generation is aborted then.
   */
  async start(
    { generation, plan, messages, reservation }: CreatedGeneration,
    { streaming, release }: RunOptions,
  ): Promise<string> {
    const rowWritten = generation.pendingWrite;
    generation.pendingWrite = rowWritten.catch(() => generation.abort('gone'));
    // From here on other requests can stop and follow the generation.
    this.activeGenerations.add(generation);
    const { id, owner, conversationId, messageId } = generation;
    generation.append('start', {
      generation_id: id,
      conversation_id: conversationId,
      message_id: messageId,
      model: await findFirstModel(plan),
    });
    const trace = new RouteTrace(plan, owner.userId);
    const accumulator = new AnswerAccumulator(messages, trace, this.config.ai.showReasoning);
    const remainingTokens = (): number | undefined => accumulator.remainingTokens(reservation.maxTokens);
    const grounding = generation.grounded?.question;
    const prompt = toPromptRequest(owner, messages, { conversationId, remainingTokens, grounding });
    const context = { generation, trace, reservation, accumulator };
    void this.run(context, prompt, streaming).finally(release);
    await rowWritten;
    return id;
  }

  /** Never throws: every error becomes the last event of the generation. */
  private async run(context: GenerationContext, prompt: PromptRequest, streaming: boolean): Promise<void> {
    const { generation } = context;
    const deadline = setTimeout(() => generation.abort('too_long'), MAX_GENERATION_MS).unref();
    const { grounded } = generation;
    const endWatch = grounded && watchSources(grounded, () => generation.abort('sources_gone'));
    try {
      await this.generate(context, prompt, streaming);
    } catch (error) {
      await this.handleFinishFailure(context, error);
    } finally {
      clearTimeout(deadline);
      endWatch?.();
      generation.close();
      this.activeGenerations.remove(generation);
    }
  }

  private async generate(
    context: GenerationContext,
    prompt: PromptRequest,
    streaming: boolean,
  ): Promise<void> {
    const { grounded } = context.generation;
    if (grounded?.question.sources.length === 0)
      return this.finisher.complete(context, LOCAL_PROVIDER, NOTHING_FOUND);
    let routed: RoutedCompletion;
    try {
      routed = streaming
        ? await this.generateStreaming(context, prompt)
        : await this.generateWhole(context, prompt);
      await grounded?.finish((text) => appendDelta(context, text));
      context.generation.signal.throwIfAborted();
    } catch (error) {
      return this.handleAbort(context, error);
    }
    await this.finisher.complete(context, routed.provider, routed.answer);
  }

  private generateStreaming(context: GenerationContext, prompt: PromptRequest): Promise<RoutedCompletion> {
    const { generation, trace, accumulator } = context;
    return this.router.stream(trace, prompt, generation.signal, {
      onStart: (provider, model) => {
        generation.answeringModel = { provider, model };
        generation.grounded?.restart();
        if (accumulator.setAnsweringModel({ provider, model }))
          generation.append('restart', { provider, model });
      },
      onText: (text) => appendText(context, text),
      onReasoning: (text) => accumulator.appendReasoning(text),
      onAttempt: () => accumulator.clearReasoning(),
    });
  }

  private async generateWhole(context: GenerationContext, prompt: PromptRequest): Promise<RoutedCompletion> {
    const { generation, trace, accumulator } = context;
    const { provider, answer } = await this.router.generate(trace, prompt, generation.signal);
    accumulator.setAnsweringModel({ provider, model: answer.model });
    accumulator.appendReasoning(answer.reasoning ?? '');
    appendText(context, answer.content);
    return { provider, answer };
  }

  private async handleAbort(context: GenerationContext, error: unknown): Promise<void> {
    const { signal, grounded } = context.generation;
    grounded?.close();
    const reason = signal.aborted ? (signal.reason as GenerationAbortReason) : undefined;
    switch (reason) {
      case 'stopped':
        return this.finisher.finishStopped(context);
      case 'interrupted':
        return this.finisher.fail(context, aiErrors.generation_interrupted());
      case 'too_long':
        return this.finisher.fail(context, aiErrors.provider_timeout());
      case 'sources_gone':
        return this.finisher.fail(context, aiErrors.sources_gone());
      case 'gone':
        return this.finisher.abandon(context);
      case undefined:
        return this.finisher.fail(context, this.toLoggedError(error));
    }
  }

  private toLoggedError(error: unknown): AppError {
    const appError = toAppError(error);
    if (appError.code === 'internal_error') this.log.error('ai.generation_failed', error);
    return appError;
  }

  /** Publishes an error event after the result could not be written, and leaves the row to the recovery. */
  private async handleFinishFailure({ generation }: GenerationContext, error: unknown): Promise<void> {
    const isGone = error instanceof GenerationGoneError;
    if (!isGone) {
      this.log.error('ai.generation_lost', error);
      this.recovery.scheduleRecovery(generation.id);
    }
    const failure = isGone
      ? await this.finisher.buildGoneError(generation).catch(toAppError)
      : toAppError(error);
    generation.failure = failure;
    generation.publish(toErrorFrame(generation, failure));
  }
}

/** Appends text of the model; of a grounded answer only the sentences that were checked. */
function appendText(context: GenerationContext, text: string): void {
  const { grounded } = context.generation;
  if (grounded) grounded.append(text, (checked) => appendDelta(context, checked));
  else context.generation.append('delta', { content: context.accumulator.append(text) });
}

function appendDelta({ generation, accumulator }: GenerationContext, text: string): void {
  generation.append('delta', { content: accumulator.append(text) });
}

/** Returns the first model of the plan whose name is known; without one, the name that the request used. */
async function findFirstModel({ candidates, requestedName }: RoutePlan): Promise<string> {
  for (const { provider, model } of candidates) {
    const known = model ?? (await provider.models().catch(() => []))[0];
    if (known !== undefined) return known;
  }
  return requestedName;
}
