import { Injectable } from '@nestjs/common';
import { Log } from '@/platform/logging/index.js';
import type { AnswerMetadata } from '../models/language-model.js';
import { ModelFailure } from '../models/model-failure.js';
import { CircuitBreakers } from '../providers/circuit-breakers.js';
import type { Candidate } from './route-planner.js';
import type { RouteTrace } from './route-trace.js';

/** Records how an attempt ended: in the trace, in the circuit breaker of the provider, and in the log. */
@Injectable()
export class AttemptRecorder {
  constructor(
    private readonly circuitBreakers: CircuitBreakers,
    private readonly log: Log,
  ) {}

  recordSuccess(trace: RouteTrace, { provider }: Candidate, answer: AnswerMetadata): void {
    this.circuitBreakers.recordSuccess(provider.id, trace.userId);
    trace.recordAnswer(answer);
  }

  /** Returns the failure. Throws an error that is no failure of the provider, and every error after an abort. */
  recordFailure(
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
}
