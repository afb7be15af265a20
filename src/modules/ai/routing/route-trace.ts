import type { AnswerMetadata, TokenUsage } from '../models/language-model.js';
import { failureMessage, type ModelFailure } from '../models/model-failure.js';
import type { Candidate, RoutePlan } from './route-planner.js';
import { mayBeBilled, MAX_REQUESTS, MAX_REQUESTS_PER_PROVIDER, type RouteStep } from './routing.rules.js';

/** A call of one model. */
export interface ModelCall {
  provider: string;
  model: string;
  /** The characters of the answer and of the thinking that have arrived. */
  characters: number;
  /** Null when the provider has not reported it. */
  usage: TokenUsage | null;
  /** The provider may bill the call: an answer has begun, or it was cut or aborted before. */
  isBilled: boolean;
  isAnswered: boolean;
}

/** Records, per candidate of a plan, whether it was skipped, failed or answered, and each call of a model. */
export class RouteTrace {
  readonly steps: RouteStep[] = [];
  lastFailure: ModelFailure | undefined;
  /** The model that was asked last; steps have the name that its provider reports. */
  requestedModel = '';
  private readonly calls: ModelCall[] = [];
  private currentCall: ModelCall | undefined;
  private currentStep: RouteStep | undefined;

  constructor(
    readonly plan: RoutePlan,
    readonly userId: string,
  ) {}

  recordSkip({ provider, model }: Candidate, reason: string): void {
    this.steps.push({ provider: provider.id, model: model ?? null, outcome: 'skipped', attempts: 0, reason });
  }

  recordAttempt({ provider, model }: Candidate): void {
    const outcome = { characters: 0, usage: null, isBilled: false, isAnswered: false };
    this.currentCall = { provider: provider.id, model: model ?? '', ...outcome };
    this.calls.push(this.currentCall);
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

  /** Returns false when the question may send no further request to this provider. */
  allowsRequest(provider: string): boolean {
    const requests = this.steps.reduce((sum, { attempts }) => sum + attempts, 0);
    const own = this.steps.find((step) => step.provider === provider)?.attempts ?? 0;
    return requests < MAX_REQUESTS && own < MAX_REQUESTS_PER_PROVIDER;
  }

  /** Records that the current call repeats its request; returns false when it may not. */
  takeRepeat(): boolean {
    if (!this.currentStep || !this.allowsRequest(this.currentStep.provider)) return false;
    this.currentStep.attempts += 1;
    return true;
  }

  /** Sets the model of the current attempt. */
  setModel(model: string): void {
    this.requestedModel = model;
    Object.assign(this.currentStep ?? {}, { model });
    Object.assign(this.currentCall ?? {}, { model });
  }

  /** Counts a part of the answer or of the thinking. */
  recordText(text: string): void {
    if (this.currentCall) this.currentCall.characters += text.length;
  }

  recordFailure(failure: ModelFailure): void {
    this.lastFailure = failure;
    const { currentCall, currentStep } = this;
    if (currentCall && failure.received) {
      const { characters, usage } = failure.received;
      Object.assign(currentCall, { usage, characters: Math.max(characters, currentCall.characters) });
    }
    if (currentCall && mayBeBilled(failure)) currentCall.isBilled = true;
    Object.assign(currentStep ?? {}, { outcome: 'failed', reason: failureMessage(failure) });
  }

  recordAnswer({ model, usage }: Pick<AnswerMetadata, 'model' | 'usage'>): void {
    Object.assign(this.currentStep ?? {}, { outcome: 'answered', model, reason: null });
    Object.assign(this.currentCall ?? {}, { model, usage, isBilled: true, isAnswered: true });
  }

  recordAbort(): void {
    if (this.currentCall && this.currentCall.model !== '') this.currentCall.isBilled = true;
    Object.assign(this.currentStep ?? {}, { outcome: 'stopped', reason: null });
  }

  /** The calls that their providers may bill. */
  get billedCalls(): readonly ModelCall[] {
    return this.calls.filter(({ isBilled, characters }) => isBilled || characters > 0);
  }

  /** How often the current provider has been called; each call may have sent several requests. */
  get failedAttempts(): number {
    return this.calls.filter(({ provider }) => provider === this.currentStep?.provider).length;
  }

  get attempts(): number {
    return this.currentStep?.attempts ?? 0;
  }

  /** The reason of each step, for an error response. */
  get reasons(): { provider: string; reason: string | null }[] {
    return this.steps.map(({ provider, reason }) => ({ provider, reason }));
  }
}
