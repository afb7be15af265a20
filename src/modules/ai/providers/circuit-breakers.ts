import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '@/platform/kernel/clock.js';
import type { ModelFailure } from '../models/model-failure.js';

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

const FAILURE_THRESHOLD = 3;
const OPEN_MS = 30_000;
const MAX_OPEN_MS = 10 * 60_000;
const MAX_CALLERS = 10_000;

/**
 * Circuit breakers: a provider that failed three times in a row is skipped for a while. Each process has its own.
 * Invalid requests do not count. A timeout may be caused by the prompt, so it counts only for its caller, until three
 * callers have been affected.
 */
@Injectable()
export class CircuitBreakers {
  private readonly byProvider = new Map<string, Circuit>();
  private readonly byCaller = new LRUCache<string, Circuit>({ max: MAX_CALLERS });
  /** By provider: the callers with a timeout since the last successful answer. */
  private readonly timedOutCallers = new Map<string, Set<string>>();

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
