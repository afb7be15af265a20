import { Injectable } from '@nestjs/common';
import { toAppError } from '@/platform/errors/error-mapping.js';
import type { AppError } from '@/platform/errors/index.js';
import { Log } from '@/platform/logging/index.js';
import { aiErrors } from '../ai.errors.js';
import { type PromptRequest, type RoutedCompletion, ModelRouter } from '../routing/model-router.js';
import { ActiveGenerationRegistry } from './active-generation-registry.js';
import { type GenerationAbortReason, MAX_GENERATION_MS } from './active-generation.js';
import { GenerationFinisher, toErrorFrame, type GenerationContext } from './generation-finisher.js';
import { GenerationRecovery } from './generation-recovery.js';
import { GenerationGoneError } from './generation-result-writer.js';

/** Writes answers, whoever reads along or not. */
@Injectable()
export class GenerationRunner {
  constructor(
    private readonly router: ModelRouter,
    private readonly finisher: GenerationFinisher,
    private readonly activeGenerations: ActiveGenerationRegistry,
    private readonly recovery: GenerationRecovery,
    private readonly log: Log,
  ) {}

  /** Never throws: what goes wrong becomes the last event. */
  async run(context: GenerationContext, prompt: PromptRequest, streaming: boolean): Promise<void> {
    const { generation } = context;
    const deadline = setTimeout(() => generation.abort('too_long'), MAX_GENERATION_MS).unref();
    try {
      await this.generate(context, prompt, streaming);
    } catch (error) {
      await this.handleFinishFailure(context, error);
    } finally {
      clearTimeout(deadline);
      generation.close();
      this.activeGenerations.remove(generation);
    }
  }

  private async generate(
    context: GenerationContext,
    prompt: PromptRequest,
    streaming: boolean,
  ): Promise<void> {
    let routed: RoutedCompletion;
    try {
      routed = streaming
        ? await this.generateStreaming(context, prompt)
        : await this.generateWhole(context, prompt);
    } catch (error) {
      return this.handleAbort(context, error);
    }
    await this.finisher.complete(context, routed.provider, routed.answer);
  }

  private generateStreaming(
    { generation, trace, accumulator }: GenerationContext,
    prompt: PromptRequest,
  ): Promise<RoutedCompletion> {
    return this.router.stream(trace, prompt, generation.signal, {
      onStart: (provider, model) => {
        generation.answeringModel = { provider, model };
        if (accumulator.setAnsweringModel({ provider, model }))
          generation.append('restart', { provider, model });
      },
      onText: (text) => generation.append('delta', { content: accumulator.append(text) }),
    });
  }

  private async generateWhole(
    { generation, trace, accumulator }: GenerationContext,
    prompt: PromptRequest,
  ): Promise<RoutedCompletion> {
    const { provider, answer } = await this.router.generate(trace, prompt, generation.signal);
    accumulator.setAnsweringModel({ provider, model: answer.model });
    generation.append('delta', { content: accumulator.append(answer.content) });
    return { provider, answer };
  }

  private async handleAbort(context: GenerationContext, error: unknown): Promise<void> {
    const { signal } = context.generation;
    const reason = signal.aborted ? (signal.reason as GenerationAbortReason) : undefined;
    switch (reason) {
      case 'stopped':
        return this.finisher.completeStopped(context);
      case 'interrupted':
        return this.finisher.fail(context, aiErrors.generation_interrupted());
      case 'too_long':
        return this.finisher.fail(context, aiErrors.provider_timeout());
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

  /** Its end could not be written. */
  private async handleFinishFailure({ generation }: GenerationContext, error: unknown): Promise<void> {
    const isGone = error instanceof GenerationGoneError;
    if (!isGone) {
      this.log.error('ai.generation_lost', error);
      this.recovery.scheduleRecovery(generation.id);
    }
    const failure = isGone ? await this.finisher.goneReason(generation).catch(toAppError) : toAppError(error);
    generation.failure = failure;
    generation.publish(toErrorFrame(generation, failure));
  }
}
