import { toStorableText } from '@/modules/conversations/index.js';
import { LOCAL_PROVIDER } from '@/platform/config/index.js';
import { MAX_ANSWER_CHARS } from '../models/answer-builder.js';
import type { ModelMessage, TokenUsage } from '../models/language-model.js';
import type { ModelOptions } from '../models/model-options.js';
import type { ModelCall, RouteTrace } from '../routing/route-trace.js';
import type { ModelCallUsage } from '../usage/usage-recorder.js';
import { estimateUsage } from '../usage/usage.rules.js';

/** The model that writes an answer. */
export interface AnsweringModel {
  provider: string;
  model: string;
}

const NO_USAGE: TokenUsage = { inputTokens: 0, outputTokens: 0 };

/** Collects the text and the thinking of an answer, and the usage of every model call made for it. */
export class AnswerAccumulator {
  private text = '';
  private reasoningText = '';
  private currentModel: AnsweringModel | undefined;

  constructor(
    private readonly messages: readonly ModelMessage[],
    private readonly trace: RouteTrace,
    /** Whether the answer may show its thinking. */
    readonly keepsReasoning = false,
    private readonly options?: ModelOptions,
  ) {}

  /** Starts the text of another model. Returns true when this discards text of the previous one. */
  setAnsweringModel(answeringModel: AnsweringModel): boolean {
    const discards = this.text !== '';
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

  /** Appends thinking, if it is kept at all. Thinking beyond the limit for answers is dropped. */
  appendReasoning(text: string): void {
    if (!this.keepsReasoning) return;
    const remaining = MAX_ANSWER_CHARS - this.reasoningText.length;
    if (remaining > 0) this.reasoningText += text.slice(0, remaining);
  }

  /** Discards the thinking of a call that has failed. */
  clearReasoning(): void {
    this.reasoningText = '';
  }

  get content(): string {
    return this.text;
  }

  /** Undefined when the model has sent no thinking, or when it is not kept. */
  get reasoning(): string | undefined {
    return this.reasoningText === '' ? undefined : toStorableText(this.reasoningText);
  }

  get answeringModel(): AnsweringModel | undefined {
    return this.currentModel;
  }

  /** Returns the usage of all calls so far. Usage that a provider did not report is estimated. */
  callUsage(): ModelCallUsage[] {
    return this.trace.billedCalls.flatMap((call) => {
      const { provider, model, characters } = call;
      if (provider === LOCAL_PROVIDER) return characters > 0 ? [{ provider, model, usage: NO_USAGE }] : [];
      return [{ provider, model, usage: this.usageOf(call) }];
    });
  }

  /** Returns what is left of `maxTokens` after the usage of all calls so far; undefined without a limit. */
  remainingTokens(maxTokens: number | undefined): number | undefined {
    if (maxTokens === undefined) return undefined;
    return this.callUsage().reduce(
      (remaining, { usage }) => remaining - usage.inputTokens - usage.outputTokens,
      maxTokens,
    );
  }

  /** A provider that reports no input tokens has not counted them: no prompt is empty. */
  private usageOf({ usage, characters, isAnswered }: ModelCall): TokenUsage {
    if (usage && isAnswered && usage.inputTokens > 0) return usage;
    const estimated = estimateUsage(this.messages, characters, this.options);
    if (!usage) return estimated;
    // The counts of an answer that broke off are not final.
    const outputTokens = isAnswered
      ? usage.outputTokens
      : Math.max(usage.outputTokens, estimated.outputTokens);
    return { inputTokens: usage.inputTokens || estimated.inputTokens, outputTokens };
  }
}
