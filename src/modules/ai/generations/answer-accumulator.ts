import { toStorableText } from '@/modules/conversations/index.js';
import { LOCAL_PROVIDER } from '@/platform/config/index.js';
import type { ModelMessage, TokenUsage } from '../models/language-model.js';
import type { RouteTrace } from '../routing/route-trace.js';
import { estimateUsage } from '../usage/token-estimates.js';
import type { ModelCallUsage } from '../usage/usage-recorder.js';

/** Who writes an answer. */
export interface AnsweringModel {
  provider: string;
  model: string;
}

/** An answer as far as it has come, and what it has cost so far. */
export class AnswerAccumulator {
  private text = '';
  private currentModel: AnsweringModel | undefined;
  private readonly discardedUsage: ModelCallUsage[] = [];

  constructor(
    private readonly messages: readonly ModelMessage[],
    private readonly trace: RouteTrace,
  ) {}

  /** True when this discards something another author wrote. */
  setAnsweringModel(answeringModel: AnsweringModel): boolean {
    const discards = this.text !== '';
    if (discards) this.discardedUsage.push(...this.estimatedUsage());
    this.text = '';
    this.currentModel = answeringModel;
    return discards;
  }

  /**
   * Gives what of it can be stored, and so may be shown: no NUL, which PostgreSQL cannot keep, and no half of a
   * surrogate pair. Texts never part a pair.
   */
  append(text: string): string {
    const storableText = toStorableText(text);
    this.text += storableText;
    return storableText;
  }

  get content(): string {
    return this.text;
  }

  get answeringModel(): AnsweringModel | undefined {
    return this.currentModel;
  }

  /** Where the provider does not say what the answer took, or did not live to say it, that is a guess. */
  finalUsage(answeringModel: AnsweringModel, usage: TokenUsage | null): ModelCallUsage[] {
    return [
      ...this.discardedUsage,
      ...this.unansweredCalls(),
      { ...answeringModel, usage: usage ?? this.estimateUsage(answeringModel) },
    ];
  }

  /** The same for an answer that broke off. */
  usageSoFar(): ModelCallUsage[] {
    return [...this.discardedUsage, ...this.unansweredCalls(), ...this.estimatedUsage()];
  }

  /** Who was cut off before the first word has read the question all the same. */
  private unansweredCalls(): ModelCallUsage[] {
    const accountedProviders = new Set([
      LOCAL_PROVIDER,
      ...[...this.discardedUsage, ...this.estimatedUsage()].map(({ provider }) => provider),
    ]);
    const unanswered = this.trace.abortedCalls.filter(({ provider }) => !accountedProviders.has(provider));
    return unanswered.map((call) => ({ ...call, usage: estimateUsage(this.messages, '') }));
  }

  /** How long the answer may still be where it may have `most` tokens in all, whoever wrote them. */
  remainingTokens(maxTokens: number | undefined): number | undefined {
    if (maxTokens === undefined) return undefined;
    return this.usageSoFar().reduce(
      (left, { usage }) => left - usage.inputTokens - usage.outputTokens,
      maxTokens,
    );
  }

  private estimatedUsage(): ModelCallUsage[] {
    return this.currentModel && this.text !== ''
      ? [{ ...this.currentModel, usage: this.estimateUsage(this.currentModel) }]
      : [];
  }

  private estimateUsage({ provider }: AnsweringModel): TokenUsage {
    if (provider === LOCAL_PROVIDER) return { inputTokens: 0, outputTokens: 0 };
    return estimateUsage(this.messages, this.text);
  }
}
