import { storable } from '@/modules/conversations/index.js';
import { LOCAL } from '@/platform/config/index.js';
import type { ModelMessage, TokenUsage } from '../models/language-model.js';
import type { Receipt } from '../routing/route-trace.js';
import { estimate } from '../usage/token-estimates.js';
import type { Spent } from '../usage/usage-recorder.js';

/** Who writes an answer. */
export interface Author {
  provider: string;
  model: string;
}

/** An answer as far as it has come, and what it has cost so far. */
export class Draft {
  private text = '';
  private author: Author | undefined;
  private readonly lost: Spent[] = [];

  constructor(
    private readonly messages: readonly ModelMessage[],
    private readonly receipt: Receipt,
  ) {}

  /** True when this discards something another author wrote. */
  begin(author: Author): boolean {
    const discards = this.text !== '';
    if (discards) this.lost.push(...this.guess());
    this.text = '';
    this.author = author;
    return discards;
  }

  /**
   * Gives what of it can be stored, and so may be shown: no NUL, which PostgreSQL cannot keep, and no half of a
   * surrogate pair. Texts never part a pair.
   */
  add(text: string): string {
    const kept = storable(text);
    this.text += kept;
    return kept;
  }

  get content(): string {
    return this.text;
  }

  get by(): Author | undefined {
    return this.author;
  }

  /** Where the provider does not say what the answer took, or did not live to say it, that is a guess. */
  spent(by: Author, usage: TokenUsage | null): Spent[] {
    return [...this.lost, ...this.unheard(), { ...by, usage: usage ?? this.estimate(by) }];
  }

  /** The same for an answer that broke off. */
  spentSoFar(): Spent[] {
    return [...this.lost, ...this.unheard(), ...this.guess()];
  }

  /** Who was cut off before the first word has read the question all the same. */
  private unheard(): Spent[] {
    const heard = new Set([LOCAL, ...[...this.lost, ...this.guess()].map(({ provider }) => provider)]);
    const silent = this.receipt.cut.filter(({ provider }) => !heard.has(provider));
    return silent.map((by) => ({ ...by, usage: estimate(this.messages, '') }));
  }

  /** How long the answer may still be where it may have `most` tokens in all, whoever wrote them. */
  room(most: number | undefined): number | undefined {
    if (most === undefined) return undefined;
    return this.spentSoFar().reduce((left, { usage }) => left - usage.inputTokens - usage.outputTokens, most);
  }

  private guess(): Spent[] {
    return this.author && this.text !== '' ? [{ ...this.author, usage: this.estimate(this.author) }] : [];
  }

  private estimate({ provider }: Author): TokenUsage {
    if (provider === LOCAL) return { inputTokens: 0, outputTokens: 0 };
    return estimate(this.messages, this.text);
  }
}
