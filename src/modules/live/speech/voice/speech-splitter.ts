import { SentenceSplitter } from '@/modules/ai/index.js';

/** A shorter part sounds cut off. */
const MIN_OPENING_CHARS = 24;
const CLAUSE_END = /[,;:–—](?=\s+\S)/gu;

/** Splits an answer that arrives in parts into what is spoken at once: its first clause, so that it is heard early, then sentences. */
export class SpeechSplitter {
  private splitter = new SentenceSplitter();
  private opening: string | null = '';

  /** Returns the parts that the text completes. Together they are the whole text. */
  append(text: string): string[] {
    const sentences = this.splitter.append(text);
    if (this.opening === null) return sentences;
    this.opening = sentences.length > 0 ? null : this.opening + text;
    return this.opening === null ? sentences : this.splitOpening(this.opening);
  }

  /** Returns what is left. */
  finish(): string[] {
    return this.splitter.finish();
  }

  private splitOpening(opening: string): string[] {
    const clause = [...opening.matchAll(CLAUSE_END)].find(({ index }) => index >= MIN_OPENING_CHARS);
    if (!clause) return [];
    this.opening = null;
    this.splitter = new SentenceSplitter();
    const end = clause.index + clause[0].length;
    return [opening.slice(0, end), ...this.splitter.append(opening.slice(end))];
  }
}
