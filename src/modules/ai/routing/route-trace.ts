import { wordsOf } from '../models/failure-messages.js';
import type { ModelFailure } from '../models/model-failure.js';
import type { Candidate, Plan } from './route-planner.js';
import type { RouteStep } from './routing.rules.js';

/** What became of each candidate of one request. */
export class Receipt {
  readonly steps: RouteStep[] = [];
  lastFailure: ModelFailure | undefined;
  /** Who was cut off while answering, by whatever. */
  readonly cut: { provider: string; model: string }[] = [];
  private current: RouteStep | undefined;

  constructor(
    readonly plan: Plan,
    /** The id of the user who asks. */
    readonly caller: string,
  ) {}

  skip({ provider, model }: Candidate, reason: string): void {
    this.steps.push({ provider: provider.id, model: model ?? null, outcome: 'skipped', attempts: 0, reason });
  }

  ask({ provider, model }: Candidate): void {
    if (this.current?.provider === provider.id) this.current.attempts += 1;
    else {
      this.current = {
        provider: provider.id,
        model: model ?? null,
        outcome: 'failed',
        attempts: 1,
        reason: null,
      };
      this.steps.push(this.current);
    }
  }

  /** The model that is asked, once that is known. */
  names(model: string): void {
    Object.assign(this.current ?? {}, { model });
  }

  failed(failure: ModelFailure): void {
    this.lastFailure = failure;
    if (failure.kind === 'timed_out' || failure.reason === 'incomplete_answer') this.cutOff();
    Object.assign(this.current ?? {}, { outcome: 'failed', reason: wordsOf(failure) });
  }

  answered(model: string): void {
    Object.assign(this.current ?? {}, { outcome: 'answered', model, reason: null });
  }

  stopped(): void {
    this.cutOff();
    Object.assign(this.current ?? {}, { outcome: 'stopped', reason: null });
  }

  private cutOff(): void {
    const { provider, model } = this.current ?? {};
    if (provider !== undefined && model != null) this.cut.push({ provider, model });
  }

  get attempts(): number {
    return this.current?.attempts ?? 0;
  }

  /** Why nobody answered, a line for each. */
  get reasons(): { provider: string; reason: string | null }[] {
    return this.steps.map(({ provider, reason }) => ({ provider, reason }));
  }
}
