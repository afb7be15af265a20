import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/kernel/clock.js';
import type { ModelFailure } from '../models/model-failure.js';

interface Circuit {
  failures: number;
  /** Milliseconds since the epoch; nothing is asked before, and then one request finds out. */
  openUntil: number;
  lastFailure: ModelFailure;
}

const TOLERATED = 3;
const OPEN_MS = 30_000;
const LONGEST_MS = 10 * 60_000;

/**
 * Leaves a provider alone that failed several times in a row, so that nobody waits for it again and again. Each
 * process learns for itself. What is wrong with a request says nothing about the provider.
 */
@Injectable()
export class Circuits {
  private readonly circuits = new Map<string, Circuit>();

  constructor(private readonly clock: Clock) {}

  /** Whether to ask it now. When its time is up, one request finds out, and others go elsewhere meanwhile. */
  admits(provider: string): boolean {
    const circuit = this.circuits.get(provider);
    if (!circuit) return true;
    const now = this.clock.millis();
    if (circuit.openUntil > now) return false;
    if (circuit.failures >= TOLERATED) circuit.openUntil = now + OPEN_MS;
    return true;
  }

  /** Whoever was to find out went away before: the next one may. */
  undecided(provider: string): void {
    const circuit = this.circuits.get(provider);
    if (circuit && circuit.failures >= TOLERATED) circuit.openUntil = this.clock.millis();
  }

  /** Seconds until this provider is tried again; 0: now. */
  closedFor(provider: string): number {
    const circuit = this.circuits.get(provider);
    return circuit ? Math.max(0, Math.ceil((circuit.openUntil - this.clock.millis()) / 1000)) : 0;
  }

  lastFailure(provider: string): ModelFailure | undefined {
    return this.circuits.get(provider)?.lastFailure;
  }

  succeeded(provider: string): void {
    this.circuits.delete(provider);
  }

  failed(provider: string, failure: ModelFailure): void {
    if (failure.reason === 'request_rejected') return;
    const failures = (this.circuits.get(provider)?.failures ?? 0) + 1;
    const asked = Math.min((failure.retryAfter ?? 0) * 1000, LONGEST_MS);
    const pause = failures >= TOLERATED ? Math.max(OPEN_MS, asked) : asked;
    this.circuits.set(provider, { failures, openUntil: this.clock.millis() + pause, lastFailure: failure });
  }
}
