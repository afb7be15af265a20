import { toStorableText } from '@/modules/conversations/index.js';
import { LOCAL_PROVIDER } from '@/platform/config/index.js';
import type { ModelMessage, TokenUsage } from '../models/language-model.js';
import type { RouteTrace } from '../routing/route-trace.js';
import type { ModelCallUsage } from '../usage/usage-recorder.js';
import { estimateUsage } from '../usage/usage.rules.js';

/** The model that writes an answer. */
export interface AnsweringModel {
  provider: string;
  model: string;
}

/** Collects the text of an answer and the usage of every model call made for it. */
export class AnswerAccumulator {
  private text = '';
  private currentModel: AnsweringModel | undefined;
  private readonly discardedUsage: ModelCallUsage[] = [];

  constructor(
    private readonly messages: readonly ModelMessage[],
    private readonly trace: RouteTrace,
  ) {}

  /** Starts the text of another model. Returns true when this discards text of the previous one. */
  setAnsweringModel(answeringModel: AnsweringModel): boolean {
    const discards = this.text !== '';
    if (discards) this.discardedUsage.push(...this.estimatedUsage());
    this.text = '';
    this.currentModel = answeringModel;
    return discards;
  }

  /**
   * Appends a text and returns the form in which it is stored and shown: without NUL, which PostgreSQL rejects, and
   * without lone surrogates. `text` must not end between the two halves of a surrogate pair.
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

  /** Returns the usage of all calls of a finished answer. Usage that a provider did not report is estimated. */
  finalUsage(answeringModel: AnsweringModel, usage: TokenUsage | null): ModelCallUsage[] {
    return [
      ...this.discardedUsage,
      ...this.unansweredCalls(),
      { ...answeringModel, usage: usage ?? this.estimateUsage(answeringModel) },
    ];
  }

  /** Returns the estimated usage of all calls of an answer that is not finished. */
  usageSoFar(): ModelCallUsage[] {
    return [...this.discardedUsage, ...this.unansweredCalls(), ...this.estimatedUsage()];
  }

  /** A provider that was aborted before its first token has still billed the prompt. */
  private unansweredCalls(): ModelCallUsage[] {
    const accountedProviders = new Set([
      LOCAL_PROVIDER,
      ...[...this.discardedUsage, ...this.estimatedUsage()].map(({ provider }) => provider),
    ]);
    const unanswered = this.trace.abortedCalls.filter(({ provider }) => !accountedProviders.has(provider));
    return unanswered.map((call) => ({ ...call, usage: estimateUsage(this.messages, '') }));
  }

  /** Returns what is left of `maxTokens` after the usage of all providers so far; undefined without a limit. */
  remainingTokens(maxTokens: number | undefined): number | undefined {
    if (maxTokens === undefined) return undefined;
    return this.usageSoFar().reduce(
      (remaining, { usage }) => remaining - usage.inputTokens - usage.outputTokens,
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
