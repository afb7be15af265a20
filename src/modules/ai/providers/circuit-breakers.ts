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

interface Store {
  get(key: string): Circuit | undefined;
  set(key: string, circuit: Circuit): unknown;
}

const TOLERATED = 3;
const OPEN_MS = 30_000;
const LONGEST_MS = 10 * 60_000;
const CALLERS = 10_000;

/**
 * Leaves a provider alone that failed several times in a row, so that nobody waits for it again and again. Each
 * process learns for itself. What is wrong with a request says nothing about the provider; an answer that takes too
 * long may be the question's doing, so it counts for its caller only, until it has befallen several of them.
 */
@Injectable()
export class Circuits {
  private readonly ofProviders = new Map<string, Circuit>();
  private readonly ofCallers = new LRUCache<string, Circuit>({ max: CALLERS });
  /** Who waited too long since the last answer, by provider. */
  private readonly late = new Map<string, Set<string>>();

  constructor(private readonly clock: Clock) {}

  /** Whether to ask it now. When its time is up, one request finds out, and others go elsewhere meanwhile. */
  admits(provider: string, caller: string): boolean {
    const circuits = this.of(provider, caller);
    const now = this.clock.millis();
    if (circuits.some(({ openUntil }) => openUntil > now)) return false;
    for (const circuit of circuits) if (circuit.failures >= TOLERATED) circuit.openUntil = now + OPEN_MS;
    return true;
  }

  /** Whoever was to find out went away before: the next one may. */
  undecided(provider: string, caller: string): void {
    for (const circuit of this.of(provider, caller))
      if (circuit.failures >= TOLERATED) circuit.openUntil = this.clock.millis();
  }

  /** Seconds until this caller may try the provider again; 0: now. */
  closedFor(provider: string, caller: string): number {
    const now = this.clock.millis();
    return Math.max(
      0,
      ...this.of(provider, caller).map(({ openUntil }) => Math.ceil((openUntil - now) / 1000)),
    );
  }

  lastFailure(provider: string, caller: string): ModelFailure | undefined {
    return this.of(provider, caller)[0]?.lastFailure;
  }

  succeeded(provider: string, caller: string): void {
    this.late.delete(provider);
    this.ofProviders.delete(provider);
    this.ofCallers.delete(`${provider} ${caller}`);
  }

  failed(provider: string, caller: string, failure: ModelFailure): void {
    if (failure.reason === 'request_rejected') return;
    if (failure.kind !== 'timed_out') return this.count(this.ofProviders, provider, failure);
    const late = (this.late.get(provider) ?? new Set()).add(caller);
    if (late.size <= CALLERS) this.late.set(provider, late);
    this.count(this.ofCallers, `${provider} ${caller}`, failure);
    if (late.size >= TOLERATED) this.count(this.ofProviders, provider, failure, TOLERATED);
  }

  private count(circuits: Store, key: string, failure: ModelFailure, atLeast = 0): void {
    const failures = Math.max(atLeast, (circuits.get(key)?.failures ?? 0) + 1);
    const asked = Math.min((failure.retryAfter ?? 0) * 1000, LONGEST_MS);
    const pause = failures >= TOLERATED ? Math.max(OPEN_MS, asked) : asked;
    circuits.set(key, { failures, openUntil: this.clock.millis() + pause, lastFailure: failure });
  }

  private of(provider: string, caller: string): Circuit[] {
    const circuits = [this.ofProviders.get(provider), this.ofCallers.get(`${provider} ${caller}`)];
    return circuits.filter((circuit) => circuit !== undefined);
  }
}
