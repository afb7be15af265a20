import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '@/platform/kernel/clock.js';
import type { ModelFailure } from '../models/model-failure.js';

interface Circuit {
  failures: number;
  /** Milliseconds since the epoch; nothing is asked before, and then one request finds out. */
  openUntil: number;
  lastFailure: ModelFailure;
}

interface CircuitStore {
  get(key: string): Circuit | undefined;
  set(key: string, circuit: Circuit): unknown;
}

const FAILURE_THRESHOLD = 3;
const OPEN_MS = 30_000;
const MAX_OPEN_MS = 10 * 60_000;
const MAX_CALLERS = 10_000;

/**
 * Leaves a provider alone that failed several times in a row, so that nobody waits for it again and again. Each
 * process learns for itself. What is wrong with a request says nothing about the provider; an answer that takes too
 * long may be the question's doing, so it counts for its caller only, until it has befallen several of them.
 */
@Injectable()
export class CircuitBreakers {
  private readonly byProvider = new Map<string, Circuit>();
  private readonly byCaller = new LRUCache<string, Circuit>({ max: MAX_CALLERS });
  /** Who waited too long since the last answer, by provider. */
  private readonly timedOutCallers = new Map<string, Set<string>>();

  constructor(private readonly clock: Clock) {}

  /** Whether to ask it now. When its time is up, one request finds out, and others go elsewhere meanwhile. */
  allowsRequest(provider: string, caller: string): boolean {
    const circuits = this.circuitsFor(provider, caller);
    const now = this.clock.millis();
    if (circuits.some(({ openUntil }) => openUntil > now)) return false;
    for (const circuit of circuits)
      if (circuit.failures >= FAILURE_THRESHOLD) circuit.openUntil = now + OPEN_MS;
    return true;
  }

  /** Whoever was to find out went away before: the next one may. */
  releaseProbe(provider: string, caller: string): void {
    for (const circuit of this.circuitsFor(provider, caller))
      if (circuit.failures >= FAILURE_THRESHOLD) circuit.openUntil = this.clock.millis();
  }

  /** Seconds until this caller may try the provider again; 0: now. */
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
    this.timedOutCallers.delete(provider);
    this.byProvider.delete(provider);
    this.byCaller.delete(`${provider} ${caller}`);
  }

  recordFailure(provider: string, caller: string, failure: ModelFailure): void {
    if (failure.reason === 'request_rejected') return;
    if (failure.kind !== 'timed_out') return this.countFailure(this.byProvider, provider, failure);
    const callers = (this.timedOutCallers.get(provider) ?? new Set()).add(caller);
    if (callers.size <= MAX_CALLERS) this.timedOutCallers.set(provider, callers);
    this.countFailure(this.byCaller, `${provider} ${caller}`, failure);
    if (callers.size >= FAILURE_THRESHOLD)
      this.countFailure(this.byProvider, provider, failure, FAILURE_THRESHOLD);
  }

  private countFailure(circuits: CircuitStore, key: string, failure: ModelFailure, atLeast = 0): void {
    const failures = Math.max(atLeast, (circuits.get(key)?.failures ?? 0) + 1);
    const requestedMs = Math.min((failure.retryAfter ?? 0) * 1000, MAX_OPEN_MS);
    const openMs = failures >= FAILURE_THRESHOLD ? Math.max(OPEN_MS, requestedMs) : requestedMs;
    circuits.set(key, { failures, openUntil: this.clock.millis() + openMs, lastFailure: failure });
  }

  private circuitsFor(provider: string, caller: string): Circuit[] {
    const circuits = [this.byProvider.get(provider), this.byCaller.get(`${provider} ${caller}`)];
    return circuits.filter((circuit) => circuit !== undefined);
  }
}
