import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Owner } from '@/modules/organizations/index.js';
import { Config } from '@/platform/config/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Log } from '@/platform/logging/index.js';
import { aiErrors } from '../ai.errors.js';
import type { ModelMessage } from '../models/language-model.js';
import type { ModelOptions } from '../models/model-options.js';
import type { PromptRequest } from '../routing/model-router.js';
import type { RoutePlan } from '../routing/route-planner.js';
import { RouteTrace } from '../routing/route-trace.js';
import { type TokenReservation, TokenBudgets } from '../usage/token-budgets.js';
import { UsageRecorder, type ModelCallUsage } from '../usage/usage-recorder.js';
import { DRAIN_GRACE_MS } from './active-generation-registry.js';
import { MAX_GENERATION_MS } from './active-generation.js';
import { AnswerAccumulator } from './answer-accumulator.js';
import { GenerationConcurrencyLimiter } from './generation-concurrency-limiter.js';
import { memoryOf, toPromptRequest } from './prompt.rules.js';

/** Why a generation is aborted. */
export type StatelessAbortReason =
  'client_disconnected' | 'access_ended' | 'sources_gone' | 'interrupted' | 'too_long';

export interface StatelessPrompt {
  owner: Owner;
  plan: RoutePlan;
  messages: readonly ModelMessage[];
  options?: ModelOptions;
  /** The limit of the client for the answer, in tokens. */
  maxTokens?: number | undefined;
  /** Receives a function that aborts the generation. */
  onStart: (abort: (reason: StatelessAbortReason) => void) => void;
}

/** What a generation needs: the prompt for the router, and what records its course. */
export interface StatelessGeneration {
  prompt: PromptRequest;
  trace: RouteTrace;
  accumulator: AnswerAccumulator;
  signal: AbortSignal;
}

/**
 * Runs generations that have no row: nothing of them is stored but the token usage. Acquires a permit and reserves tokens
 * before, limits the time, and aborts the request to the provider when the client is gone or the server shuts down.
 */
@Injectable()
export class StatelessGenerationRunner implements OnModuleDestroy {
  private readonly abortCallbacks = new Set<(reason: StatelessAbortReason) => void>();
  private interrupted = false;

  constructor(
    private readonly budgets: TokenBudgets,
    private readonly usageRecorder: UsageRecorder,
    private readonly concurrencyLimiter: GenerationConcurrencyLimiter,
    private readonly config: Config,
    private readonly log: Log,
  ) {}

  /** Interrupts all running generations shortly after the server has begun to drain; clients get a retryable 503. */
  onModuleDestroy(): void {
    setTimeout(() => {
      this.interrupted = true;
      this.abortCallbacks.forEach((abort) => abort('interrupted'));
    }, DRAIN_GRACE_MS).unref();
  }

  /** Returns the result of `generate`, after the usage has been recorded. */
  async run<T>(
    stateless: StatelessPrompt,
    generate: (generation: StatelessGeneration) => Promise<T>,
  ): Promise<T> {
    const { owner, messages, options } = stateless;
    const permit = this.concurrencyLimiter.acquire(owner.userId);
    try {
      permit.reserveMemory(memoryOf(messages, options));
      return await this.runWithBudget(stateless, generate);
    } finally {
      permit.release();
    }
  }

  private async runWithBudget<T>(
    { owner, plan, messages, options, maxTokens, onStart }: StatelessPrompt,
    generate: (generation: StatelessGeneration) => Promise<T>,
  ): Promise<T> {
    const reservation = await this.budgets.reserve(owner, plan, messages, options);
    const trace = new RouteTrace(plan, owner.userId);
    const accumulator = new AnswerAccumulator(messages, trace, this.config.ai.showReasoning, options);
    const remainingTokens = (): number | undefined => accumulator.remainingTokens(reservation.maxTokens);
    const prompt: PromptRequest = {
      ...toPromptRequest(owner, messages, { conversationId: null, remainingTokens }),
      options,
      maxTokens,
    };
    try {
      return await this.runAbortable(onStart, (signal) => generate({ prompt, trace, accumulator, signal }));
    } finally {
      await this.recordUsage(owner, reservation, accumulator.callUsage());
    }
  }

  /** Records usage. Without a reservation a failure is only logged: the client still gets the answer. */
  private async recordUsage(
    owner: Owner,
    reservation: TokenReservation,
    calls: ModelCallUsage[],
  ): Promise<void> {
    const recording = this.usageRecorder.record(owner, reservation.reservationId, calls);
    if (reservation.reservationId === null)
      await recording.catch((error: unknown) => this.log.error('ai.tokens_not_counted', error));
    else await recording;
  }

  private async runAbortable<T>(
    onStart: StatelessPrompt['onStart'],
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const abortController = new AbortController();
    const abort = (reason: StatelessAbortReason): void => abortController.abort(reason);
    onStart(abort);
    const deadline = setTimeout(() => abort('too_long'), MAX_GENERATION_MS).unref();
    this.abortCallbacks.add(abort);
    if (this.interrupted) abort('interrupted');
    try {
      return await work(abortController.signal);
    } catch (cause) {
      if (!abortController.signal.aborted) throw cause;
      throw toAbortError(abortController.signal.reason as StatelessAbortReason, cause);
    } finally {
      clearTimeout(deadline);
      this.abortCallbacks.delete(abort);
    }
  }
}

function toAbortError(reason: StatelessAbortReason, cause: unknown): Error {
  switch (reason) {
    case 'client_disconnected':
      return platformErrors.request_timeout({ cause });
    case 'access_ended':
      return platformErrors.token_invalid({ cause });
    case 'sources_gone':
      return aiErrors.sources_gone();
    case 'interrupted':
      // A cause would be logged as a failure of the database.
      return platformErrors.overloaded({ retryAfter: 1 });
    case 'too_long':
      return aiErrors.provider_timeout({ cause });
  }
}
