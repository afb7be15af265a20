import { Injectable } from '@nestjs/common';
import { LOCAL_PROVIDER } from '@/platform/config/index.js';
import type { AppError } from '@/platform/errors/index.js';
import { aiErrors } from '../ai.errors.js';
import { failureMessage } from '../models/model-failure.js';
import { CircuitBreakers } from '../providers/circuit-breakers.js';
import type { Candidate } from './route-planner.js';
import type { RouteTrace } from './route-trace.js';
import { hasTokensLeft, toProviderError } from './routing.rules.js';

/** Clients should not wait longer, in seconds: an operator may have fixed the configuration. */
const MAX_RETRY_AFTER_SECONDS = 300;

/** Decides which candidates of a plan are asked, and the error when none of them has answered. */
@Injectable()
export class CandidatePolicy {
  constructor(private readonly circuitBreakers: CircuitBreakers) {}

  /**
   * Yields the candidates to ask, and records why the others are skipped. A provider with an open circuit is skipped,
   * unless the request named it.
   */
  *usableCandidates(trace: RouteTrace, remainingTokens: () => number | undefined): Generator<Candidate> {
    for (const candidate of trace.plan.candidates) {
      const reason = this.findSkipReason(trace, candidate, remainingTokens);
      if (reason === null) yield candidate;
      else trace.recordSkip(candidate, reason);
    }
  }

  /** Returns `ai_unavailable`, or for a provider that the request has named the error of its last failure. */
  toRoutingError({ plan, userId, reasons, lastFailure }: RouteTrace): AppError {
    const [first] = reasons;
    if (plan.isExplicit && lastFailure)
      return toProviderError(lastFailure, { provider: first?.provider, reason: first?.reason });
    const waits = plan.candidates.map(({ provider }) =>
      this.circuitBreakers.retryAfterSeconds(provider.id, userId),
    );
    return aiErrors.ai_unavailable({
      data: { providers: reasons },
      retryAfter: Math.max(1, Math.min(MAX_RETRY_AFTER_SECONDS, ...waits)),
    });
  }

  private findSkipReason(
    trace: RouteTrace,
    { provider: { id } }: Candidate,
    remainingTokens: () => number | undefined,
  ): string | null {
    const { plan, userId } = trace;
    if (id !== LOCAL_PROVIDER && !hasTokensLeft(remainingTokens())) return 'No tokens are left for it.';
    if (id !== LOCAL_PROVIDER && !trace.allowsRequest(id)) return 'The question has used up its requests.';
    if (plan.isExplicit || this.circuitBreakers.allowsRequest(id, userId)) return null;
    const failure = this.circuitBreakers.lastFailure(id, userId);
    if (!failure) return null;
    return `${failureMessage(failure)} It is skipped for a while because of recent failures.`;
  }
}
