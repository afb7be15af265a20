import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { AppError } from '@/platform/errors/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { AnswerMetadata, ModelAnswer, ModelRequest } from '../models/language-model.js';
import { failureMessage, ModelFailure } from '../models/model-failure.js';
import { AttemptRecorder } from './attempt-recorder.js';
import {
  type CandidateCall,
  StreamedAnswerCall,
  type StreamListener,
  WholeAnswerCall,
} from './candidate-call.js';
import { CandidatePolicy } from './candidate-policy.js';
import { type ModelCall, ModelCallMetrics } from './model-call-metrics.js';
import type { Candidate } from './route-planner.js';
import { RouteTrace } from './route-trace.js';
import { hasTokensLeft, retryDelayMs, toProviderError } from './routing.rules.js';

/** A request to a model that is not chosen yet. */
export interface PromptRequest extends Omit<ModelRequest, 'model' | 'takeRepeat'> {
  /** Returns the tokens that are left for the next attempt; undefined without a limit. */
  remainingTokens: () => number | undefined;
}

export interface RoutedCompletion {
  provider: string;
  answer: AnswerMetadata;
}

export interface RoutedAnswer {
  provider: string;
  answer: ModelAnswer;
}

/** One run through the candidates of a plan. */
interface Route<T extends AnswerMetadata> {
  trace: RouteTrace;
  prompt: PromptRequest;
  signal: AbortSignal;
  createCall: (candidate: Candidate) => CandidateCall<T>;
}

/**
 * Asks the candidates of a plan in order until one gives a complete answer. Throws `ai_unavailable`; for a named
 * provider also `provider_failed` and `provider_timeout`. When `signal` aborts, its reason is thrown unchanged.
 */
@Injectable()
export class ModelRouter {
  constructor(
    private readonly candidatePolicy: CandidatePolicy,
    private readonly attemptRecorder: AttemptRecorder,
    private readonly unitOfWork: UnitOfWork,
    private readonly metrics: ModelCallMetrics,
  ) {}

  generate(trace: RouteTrace, prompt: PromptRequest, signal: AbortSignal): Promise<RoutedAnswer> {
    const createCall = ({ provider }: Candidate): WholeAnswerCall =>
      new WholeAnswerCall(provider, trace, signal);
    return this.askCandidates({ trace, prompt, signal, createCall });
  }

  stream(
    trace: RouteTrace,
    prompt: PromptRequest,
    signal: AbortSignal,
    listener: StreamListener,
  ): Promise<RoutedCompletion> {
    const createCall = ({ provider }: Candidate): StreamedAnswerCall =>
      new StreamedAnswerCall(provider, trace, signal, listener);
    return this.askCandidates({ trace, prompt, signal, createCall });
  }

  private async askCandidates<T extends AnswerMetadata>(
    route: Route<T>,
  ): Promise<{ provider: string; answer: T }> {
    this.unitOfWork.assertNoTransaction();
    const { trace, prompt, createCall } = route;
    for (const candidate of this.candidatePolicy.usableCandidates(trace, prompt.remainingTokens)) {
      const call = createCall(candidate);
      let result: T | ModelFailure;
      do {
        result = await this.attempt(route, candidate, call);
        if (!(result instanceof ModelFailure)) return { provider: candidate.provider.id, answer: result };
      } while (call.canRepeat() && (await this.waitBeforeRetry(route, candidate, result)));
      if (call.isFinal()) throw toFinalError(candidate, result);
    }
    throw this.candidatePolicy.toRoutingError(trace);
  }

  /** Asks a candidate once; returns the failure if it gives no complete answer. */
  private async attempt<T extends AnswerMetadata>(
    { trace, prompt, signal }: Route<T>,
    candidate: Candidate,
    call: CandidateCall<T>,
  ): Promise<T | ModelFailure> {
    let measurement: ModelCall | undefined;
    try {
      call.beginAttempt();
      const request = await this.buildRequest(trace, candidate, prompt);
      measurement = this.metrics.start(candidate.provider.id, request.model);
      const answer = await call.ask(request, measurement);
      measurement.recordSuccess(answer);
      this.attemptRecorder.recordSuccess(trace, candidate, answer);
      return answer;
    } catch (error) {
      measurement?.recordFailure(error, signal);
      return this.attemptRecorder.recordFailure(trace, candidate, error, signal);
    }
  }

  private async buildRequest(
    trace: RouteTrace,
    candidate: Candidate,
    { remainingTokens, maxTokens: limit, ...prompt }: PromptRequest,
  ): Promise<ModelRequest> {
    trace.recordAttempt(candidate);
    const model = candidate.model ?? (await candidate.provider.models())[0];
    if (model === undefined) throw new ModelFailure('model_unknown');
    trace.setModel(model);
    const maxTokens = smallerOf(limit, remainingTokens());
    const takeRepeat = (): boolean => trace.takeRepeat();
    return { ...prompt, model, takeRepeat, ...(maxTokens === undefined ? {} : { maxTokens }) };
  }

  /** Returns false when the candidate is not asked again. */
  private async waitBeforeRetry<T extends AnswerMetadata>(
    { trace, prompt, signal }: Route<T>,
    { provider }: Candidate,
    failure: ModelFailure,
  ): Promise<boolean> {
    if (!hasTokensLeft(prompt.remainingTokens()) || !trace.allowsRequest(provider.id)) return false;
    const isOnlyCandidate = trace.plan.candidates.length === 1;
    const delayMs = retryDelayMs(failure, trace.failedAttempts, isOnlyCandidate);
    if (delayMs !== null) await pause(delayMs, undefined, { signal });
    return delayMs !== null;
  }
}

/** Returns the error of an answer that its client cannot discard. */
function toFinalError({ provider }: Candidate, failure: ModelFailure): AppError {
  return toProviderError(failure, { provider: provider.id, reason: failureMessage(failure) });
}

function smallerOf(limit: number | undefined, other: number | undefined): number | undefined {
  return limit === undefined || other === undefined ? (limit ?? other) : Math.min(limit, other);
}
