import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '@/platform/kernel/clock.js';
import type { FailureReason, ModelFailure } from '../models/model-failure.js';

interface Circuit {
  failures: number;
  /** Milliseconds since the epoch. No request is allowed before; the first one after is the probe. */
  openUntil: number;
  lastFailure: ModelFailure;
}

interface CircuitStore {
  get(key: string): Circuit | undefined;
  set(key: string, circuit: Circuit): unknown;
}

/** A failure concerns only its caller until `callers` callers have met it. */
interface FailureScope {
  callers: number;
  /** The provider is skipped for so long after the first failure. */
  openMs: number;
}

const FAILURE_THRESHOLD = 3;
const OPEN_MS = 30_000;
const MAX_OPEN_MS = 10 * 60_000;
const MAX_CALLERS = 10_000;

/** Failures that the prompt of one caller may cause. */
const CALLER_SCOPES: Partial<Record<FailureReason, FailureScope>> = {
  no_answer_in_time: { callers: 3, openMs: 0 },
  fell_silent: { callers: 3, openMs: 0 },
  empty_answer: { callers: 3, openMs: 0 },
  // An account without credit refuses large requests first, and it stays without credit for long.
  unpaid: { callers: 2, openMs: MAX_OPEN_MS },
};
const IGNORED_REASONS: ReadonlySet<FailureReason> = new Set<FailureReason>([
  'request_rejected',
  'prompt_too_long',
]);

/**
 * Circuit breakers: a provider that failed three times in a row is skipped for a while. Each process has its own.
 * Invalid requests do not count. A timeout or an empty answer may be caused by the prompt, so it counts only for its
 * caller, until three callers have been affected. A provider without credit is skipped for ten minutes, for all callers
 * after two of them have met it.
 */
@Injectable()
export class CircuitBreakers {
  private readonly byProvider = new Map<string, Circuit>();
  private readonly byCaller = new LRUCache<string, Circuit>({ max: MAX_CALLERS });
  /** By provider and scope: the callers with such a failure since the last successful answer, and when each met it. */
  private readonly affectedCallers = new Map<string, Map<FailureScope, Map<string, number>>>();

  constructor(private readonly clock: Clock) {}

  /** Returns whether to ask the provider now. After the open time, one request is allowed as a probe. */
  allowsRequest(provider: string, caller: string): boolean {
    const circuits = this.circuitsFor(provider, caller);
    const now = this.clock.millis();
    if (circuits.some(({ openUntil }) => openUntil > now)) return false;
    for (const circuit of circuits)
      if (circuit.failures >= FAILURE_THRESHOLD) circuit.openUntil = now + OPEN_MS;
    return true;
  }

  /** The probe request was cancelled before it had a result; the next request becomes the probe. */
  releaseProbe(provider: string, caller: string): void {
    for (const circuit of this.circuitsFor(provider, caller))
      if (circuit.failures >= FAILURE_THRESHOLD) circuit.openUntil = this.clock.millis();
  }

  /** Returns the seconds until this caller may ask the provider again; 0 for now. */
  retryAfterSeconds(provider: string, caller: string): number {
    const now = this.clock.millis();
    return Math.max(
      0,
      ...this.circuitsFor(provider, caller).map(({ openUntil }) => Math.ceil((openUntil - now) / 1000)),
    );
  }

  lastFailure(provider: string, caller: string): ModelFailure | undefined {
    return this.circuitsFor(provider, caller)[0]?.lastFailure;
  }

  recordSuccess(provider: string, caller: string): void {
    this.affectedCallers.delete(provider);
    this.byProvider.delete(provider);
    this.byCaller.delete(`${provider} ${caller}`);
  }

  recordFailure(provider: string, caller: string, failure: ModelFailure): void {
    if (IGNORED_REASONS.has(failure.reason)) return;
    const scope = CALLER_SCOPES[failure.reason];
    if (!scope) return this.countFailure(this.byProvider, provider, failure);
    const affected = this.countAffected(provider, caller, scope);
    const failures = scope.openMs > 0 ? FAILURE_THRESHOLD : 0;
    this.countFailure(this.byCaller, `${provider} ${caller}`, failure, failures, scope.openMs);
    if (affected >= scope.callers)
      this.countFailure(this.byProvider, provider, failure, FAILURE_THRESHOLD, scope.openMs);
  }

  /** Returns how many callers have met failures of a scope. Older ones than the longest open time do not count. */
  private countAffected(provider: string, caller: string, scope: FailureScope): number {
    const byScope = this.affectedCallers.get(provider) ?? new Map<FailureScope, Map<string, number>>();
    const callers = byScope.get(scope) ?? new Map<string, number>();
    this.affectedCallers.set(provider, byScope.set(scope, callers));
    const now = this.clock.millis();
    for (const [other, metAt] of callers) if (metAt + MAX_OPEN_MS <= now) callers.delete(other);
    if (callers.size < MAX_CALLERS) callers.set(caller, now);
    return callers.size;
  }

  private countFailure(
    circuits: CircuitStore,
    key: string,
    failure: ModelFailure,
    atLeast = 0,
    minOpenMs = 0,
  ): void {
    const failures = Math.max(atLeast, (circuits.get(key)?.failures ?? 0) + 1);
    const requestedMs = Math.max(minOpenMs, Math.min((failure.retryAfter ?? 0) * 1000, MAX_OPEN_MS));
    const openMs = failures >= FAILURE_THRESHOLD ? Math.max(OPEN_MS, requestedMs) : requestedMs;
    circuits.set(key, { failures, openUntil: this.clock.millis() + openMs, lastFailure: failure });
  }

  private circuitsFor(provider: string, caller: string): Circuit[] {
    const circuits = [this.byProvider.get(provider), this.byCaller.get(`${provider} ${caller}`)];
    return circuits.filter((circuit) => circuit !== undefined);
  }
}
