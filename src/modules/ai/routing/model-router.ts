import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { LOCAL_PROVIDER } from '@/platform/config/index.js';
import type { AppError } from '@/platform/errors/index.js';
import { Log } from '@/platform/logging/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { aiErrors } from '../ai.errors.js';
import type { AnswerListener, AnswerMetadata, ModelAnswer, ModelRequest } from '../models/language-model.js';
import { failureMessage, ModelFailure } from '../models/model-failure.js';
import { CircuitBreakers } from '../providers/circuit-breakers.js';
import { type ModelCall, ModelCallMetrics } from './model-call-metrics.js';
import type { Candidate } from './route-planner.js';
import { RouteTrace } from './route-trace.js';
import { MIN_ANSWER_TOKENS, retryDelayMs, toProviderError } from './routing.rules.js';

/** Clients should not wait longer, in seconds: an operator may have fixed the configuration. */
const MAX_RETRY_AFTER_SECONDS = 300;

/** A request to a model that is not chosen yet. */
export interface PromptRequest extends Omit<ModelRequest, 'model' | 'maxTokens' | 'takeRepeat'> {
  /** Returns the tokens that are left for the next attempt; undefined without a limit. */
  remainingTokens: () => number | undefined;
}

/** Receives an answer while it arrives. `onStart` discards all text before it. */
interface StreamListener extends AnswerListener {
  onStart: (provider: string, model: string) => void;
  /** Called before each call of a model: the thinking of an earlier one does not count any more. */
  onAttempt?: () => void;
}

export interface RoutedCompletion {
  provider: string;
  answer: AnswerMetadata;
}

export interface RoutedAnswer {
  provider: string;
  answer: ModelAnswer;
}

/**
 * Asks the candidates of a plan in order until one gives a complete answer. Throws `ai_unavailable`; for a named
 * provider also `provider_failed` and `provider_timeout`. When `signal` aborts, its reason is thrown unchanged.
 */
@Injectable()
export class ModelRouter {
  constructor(
    private readonly circuitBreakers: CircuitBreakers,
    private readonly unitOfWork: UnitOfWork,
    private readonly log: Log,
    private readonly metrics: ModelCallMetrics,
  ) {}

  async generate(trace: RouteTrace, prompt: PromptRequest, signal: AbortSignal): Promise<RoutedAnswer> {
    this.unitOfWork.assertNoTransaction();
    for (const candidate of this.usableCandidates(trace, prompt)) {
      let failure: ModelFailure | undefined;
      let call: ModelCall | undefined;
      do {
        try {
          const request = await this.startAttempt(trace, candidate, prompt);
          call = this.metrics.start(candidate.provider.id, request.model);
          const answer = await candidate.provider.generate(request, signal);
          call.recordSuccess(answer);
          trace.recordText(toGeneratedText(answer));
          this.recordSuccess(trace, candidate, answer);
          return { provider: candidate.provider.id, answer };
        } catch (error) {
          call?.recordFailure(error, signal);
          failure = this.recordFailure(trace, candidate, error, signal);
        }
      } while (hasTokensLeft(prompt) && (await this.waitBeforeRetry(trace, candidate, failure, signal)));
    }
    throw this.toRoutingError(trace);
  }

  async stream(
    trace: RouteTrace,
    prompt: PromptRequest,
    signal: AbortSignal,
    listener: StreamListener,
  ): Promise<RoutedCompletion> {
    this.unitOfWork.assertNoTransaction();
    for (const candidate of this.usableCandidates(trace, prompt)) {
      const { id } = candidate.provider;
      let started = false;
      let failure: ModelFailure | undefined;
      let call: ModelCall | undefined;
      do {
        try {
          listener.onAttempt?.();
          const request = await this.startAttempt(trace, candidate, prompt);
          const attempt = (call = this.metrics.start(id, request.model));
          const begin = (): void => {
            if (!started) attempt.recordFirstText();
            if (!started) listener.onStart(id, request.model);
            started = true;
          };
          const provider = toProviderListener(trace, begin, listener);
          const answer = await candidate.provider.stream(request, signal, provider);
          // An answer without text, such as a filtered one, has not been started yet.
          begin();
          call.recordSuccess(answer);
          this.recordSuccess(trace, candidate, answer);
          return { provider: id, answer };
        } catch (error) {
          call?.recordFailure(error, signal);
          failure = this.recordFailure(trace, candidate, error, signal);
        }
      } while (
        !started &&
        hasTokensLeft(prompt) &&
        (await this.waitBeforeRetry(trace, candidate, failure, signal))
      );
    }
    throw this.toRoutingError(trace);
  }

  /** Yields the candidates to ask. A provider with an open circuit is skipped, unless the request named it. */
  private *usableCandidates(trace: RouteTrace, prompt: PromptRequest): Generator<Candidate> {
    const { plan, userId } = trace;
    for (const candidate of plan.candidates) {
      const { id } = candidate.provider;
      if (id !== LOCAL_PROVIDER && !hasTokensLeft(prompt)) {
        trace.recordSkip(candidate, 'No tokens are left for it.');
        continue;
      }
      if (id !== LOCAL_PROVIDER && !trace.allowsRequest(id)) {
        trace.recordSkip(candidate, 'The question has used up its requests.');
        continue;
      }
      const allowed = plan.isExplicit || this.circuitBreakers.allowsRequest(id, userId);
      const failure = allowed ? undefined : this.circuitBreakers.lastFailure(id, userId);
      if (failure)
        trace.recordSkip(
          candidate,
          `${failureMessage(failure)} It is skipped for a while because of recent failures.`,
        );
      else yield candidate;
    }
  }

  private async startAttempt(
    trace: RouteTrace,
    candidate: Candidate,
    { remainingTokens, ...prompt }: PromptRequest,
  ): Promise<ModelRequest> {
    trace.recordAttempt(candidate);
    const model = candidate.model ?? (await candidate.provider.models())[0];
    if (model === undefined) throw new ModelFailure('model_unknown');
    trace.setModel(model);
    const maxTokens = remainingTokens();
    const takeRepeat = (): boolean => trace.takeRepeat();
    return { ...prompt, model, takeRepeat, ...(maxTokens === undefined ? {} : { maxTokens }) };
  }

  private recordSuccess(trace: RouteTrace, { provider }: Candidate, answer: AnswerMetadata): void {
    this.circuitBreakers.recordSuccess(provider.id, trace.userId);
    trace.recordAnswer(answer);
  }

  private recordFailure(
    trace: RouteTrace,
    { provider, model }: Candidate,
    error: unknown,
    signal: AbortSignal,
  ): ModelFailure {
    if (signal.aborted) trace.recordAbort();
    if (signal.aborted || !(error instanceof ModelFailure)) {
      this.circuitBreakers.releaseProbe(provider.id, trace.userId);
      throw error;
    }
    // A failure of one explicitly chosen model says nothing about the other models of the provider.
    const isModelSpecific =
      (error.kind === 'refused' && error.reason !== 'unpaid') || error.reason === 'rate_limited';
    if (model === undefined || !isModelSpecific)
      this.circuitBreakers.recordFailure(provider.id, trace.userId, error);
    trace.recordFailure(error);
    const { reason, detail } = error;
    this.log.warn('ai.provider_failed', { provider: provider.id, reason, detail, attempt: trace.attempts });
    return error;
  }

  private async waitBeforeRetry(
    trace: RouteTrace,
    { provider }: Candidate,
    failure: ModelFailure,
    signal: AbortSignal,
  ): Promise<boolean> {
    if (!trace.allowsRequest(provider.id)) return false;
    const isOnlyCandidate = trace.plan.candidates.length === 1;
    const delayMs = retryDelayMs(failure, trace.failedAttempts, isOnlyCandidate);
    if (delayMs !== null) await pause(delayMs, undefined, { signal });
    return delayMs !== null;
  }

  private toRoutingError({ plan, userId, reasons, lastFailure }: RouteTrace): AppError {
    const [first] = reasons;
    if (!plan.isExplicit || !lastFailure) {
      const waits = plan.candidates.map(({ provider }) =>
        this.circuitBreakers.retryAfterSeconds(provider.id, userId),
      );
      return aiErrors.ai_unavailable({
        data: { providers: reasons },
        retryAfter: Math.max(1, Math.min(MAX_RETRY_AFTER_SECONDS, ...waits)),
      });
    }
    return toProviderError(lastFailure, { provider: first?.provider, reason: first?.reason });
  }
}

function toGeneratedText({ content, reasoning = '', toolCalls = [] }: ModelAnswer): string {
  return [content, reasoning, ...toolCalls.map((call) => call.arguments)].join('');
}

/** Counts and passes on the text, the thinking and the tool calls of an answer. */
function toProviderListener(
  trace: RouteTrace,
  begin: () => void,
  { onText, onReasoning, onToolCall }: StreamListener,
): AnswerListener {
  return {
    onText: (text) => {
      begin();
      trace.recordText(text);
      onText(text);
    },
    onReasoning: (text) => {
      trace.recordText(text);
      onReasoning?.(text);
    },
    onToolCall: (delta) => {
      begin();
      trace.recordText(delta.arguments);
      onToolCall?.(delta);
    },
  };
}

/** Returns false when earlier attempts have left too few tokens for another one. */
function hasTokensLeft({ remainingTokens }: PromptRequest): boolean {
  return (remainingTokens() ?? MIN_ANSWER_TOKENS) >= MIN_ANSWER_TOKENS;
}
