import { failureMessage, type ModelFailure } from '../models/model-failure.js';
import type { Candidate, RoutePlan } from './route-planner.js';
import type { RouteStep } from './routing.rules.js';

/** Records, per candidate of a plan, whether it was skipped, failed or answered. */
export class RouteTrace {
  readonly steps: RouteStep[] = [];
  lastFailure: ModelFailure | undefined;
  /** Calls that were aborted or timed out. Their providers may have billed the prompt. */
  readonly abortedCalls: { provider: string; model: string }[] = [];
  private currentStep: RouteStep | undefined;

  constructor(
    readonly plan: RoutePlan,
    readonly userId: string,
  ) {}

  recordSkip({ provider, model }: Candidate, reason: string): void {
    this.steps.push({ provider: provider.id, model: model ?? null, outcome: 'skipped', attempts: 0, reason });
  }

  recordAttempt({ provider, model }: Candidate): void {
    if (this.currentStep?.provider === provider.id) this.currentStep.attempts += 1;
    else {
      this.currentStep = {
        provider: provider.id,
        model: model ?? null,
        outcome: 'failed',
        attempts: 1,
        reason: null,
      };
      this.steps.push(this.currentStep);
    }
  }

  /** Sets the model of the current attempt. */
  setModel(model: string): void {
    Object.assign(this.currentStep ?? {}, { model });
  }

  recordFailure(failure: ModelFailure): void {
    this.lastFailure = failure;
    if (failure.kind === 'timed_out' || failure.reason === 'incomplete_answer') this.addAbortedCall();
    Object.assign(this.currentStep ?? {}, { outcome: 'failed', reason: failureMessage(failure) });
  }

  recordAnswer(model: string): void {
    Object.assign(this.currentStep ?? {}, { outcome: 'answered', model, reason: null });
  }

  recordAbort(): void {
    this.addAbortedCall();
    Object.assign(this.currentStep ?? {}, { outcome: 'stopped', reason: null });
  }

  private addAbortedCall(): void {
    const { provider, model } = this.currentStep ?? {};
    if (provider !== undefined && model != null) this.abortedCalls.push({ provider, model });
  }

  get attempts(): number {
    return this.currentStep?.attempts ?? 0;
  }

  /** The reason of each step, for an error response. */
  get reasons(): { provider: string; reason: string | null }[] {
    return this.steps.map(({ provider, reason }) => ({ provider, reason }));
  }
}
