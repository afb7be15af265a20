import { newId } from '@/platform/kernel/ids.js';
import type { GroundedQuestion, GroundingSource, JudgedSentence } from './grounding.js';
import { SentenceSplitter } from './sentence-splitter.js';

/** The answer to a grounded question while a model writes it: only sentences that the sources support are passed on. */
export class GroundedAnswer {
  readonly receiptId = newId();
  private splitter = new SentenceSplitter();
  private readonly judged: JudgedSentence[] = [];
  /** What comes before the next sentence. */
  private separator = '';
  /** The checks so far, one after another. */
  private checks: Promise<void> = Promise.resolve();
  /** Results of the checks of earlier attempts are ignored. */
  private attempt = 0;

  constructor(readonly question: GroundedQuestion) {}

  /** Passes on the sentences that `text` completes when they have been checked. */
  append(text: string, onChecked: (text: string) => void): void {
    this.enqueue(this.splitter.append(text), onChecked);
  }

  /** Passes on the last sentence, and waits for all checks. Throws the error of a check. */
  async finish(onChecked: (text: string) => void): Promise<void> {
    this.enqueue(this.splitter.finish(), onChecked);
    await this.checks;
  }

  /** Another model starts over. */
  restart(): void {
    this.close();
    this.splitter = new SentenceSplitter();
    this.judged.length = 0;
    this.separator = '';
    this.checks = Promise.resolve();
  }

  /** Passes on nothing more. */
  close(): void {
    this.attempt += 1;
  }

  /** True when at least one sentence is supported by a source. */
  get supported(): boolean {
    return this.judged.length > 0;
  }

  /** The supported sentences. */
  get sentences(): readonly JudgedSentence[] {
    return this.judged;
  }

  /** The sources that a supported sentence cites, by their numbers. */
  get citedSources(): GroundingSource[] {
    const cited = new Set(this.judged.flatMap(({ citations }) => citations));
    return this.question.sources.filter(({ n }) => cited.has(n));
  }

  private enqueue(sentences: readonly string[], onChecked: (text: string) => void): void {
    const { attempt } = this;
    this.checks = this.checks.then(() => this.check(sentences, attempt, onChecked));
    // The error is thrown by `finish`.
    this.checks.catch(() => undefined);
  }

  private async check(
    sentences: readonly string[],
    attempt: number,
    onChecked: (text: string) => void,
  ): Promise<void> {
    for (const sentence of sentences) {
      if (attempt !== this.attempt) return;
      const judgement = await this.question.judge(sentence.trim());
      if (attempt !== this.attempt) return;
      if (!judgement.supported) continue;
      this.judged.push(judgement);
      const text = this.separator + judgement.text;
      this.separator = separatorAfter(sentence);
      onChecked(text);
    }
  }
}

/** Sentences of scripts without blanks follow each other directly. */
function separatorAfter(sentence: string): string {
  if (sentence.endsWith('\n')) return '\n';
  return /[。！？][^\s]*$/u.test(sentence) ? '' : ' ';
}
