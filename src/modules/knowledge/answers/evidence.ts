import { type GroundingSource, isSameWord, splitSentences } from '@/modules/ai/index.js';
import { isInstructionToModel } from './instruction.rules.js';
import { type Statement, toStatement } from './statement.js';

/** A sentence usually rests on at most this many sentences of a passage that follow each other. */
const MAX_WINDOW = 3;
/** Forms of the same word share at least this beginning: see {@link isSameWord}. */
const KEY_CHARS = 5;
/** Bounds the comparisons of a word in a passage with many words of the same beginning. */
const MAX_SIMILAR = 24;
const NEGATIVE_PREFIXES = ['un', 'non', 'dis', 'in'] as const;
/** Shorter words have other words with such a prefix: `doors` and `indoors`. */
const MIN_PREFIXED_CHARS = 6;

/** The part of a statement that a passage supports. */
export interface Support {
  /** Indexes of the words of the statement. */
  words: ReadonlySet<number>;
  facts: ReadonlySet<string>;
  names: ReadonlySet<string>;
  /** False when the best sentences deny what the statement says, or the other way round. */
  agrees: boolean;
}

interface Posting {
  word: string;
  /** Indexes of the sentences with this word. */
  sentences: number[];
}

/** What one sentence of the passage has of a statement. */
interface SentenceMatch {
  words: number[];
  /** True when the sentence has the opposite of a word: `unavailable` for `available`. */
  hasOpposite: boolean;
}

/** A passage as evidence, without sentences that address a language model. */
export class Evidence {
  readonly n: number;
  /** The sentences that may support an answer. */
  private readonly sentences: readonly Statement[];
  private readonly title: Statement;
  private readonly postings = new Map<string, Posting>();
  /** Words by their beginning. */
  private readonly similar = new Map<string, Posting[]>();

  constructor({ n, content, title }: GroundingSource) {
    this.n = n;
    this.title = toStatement(title);
    this.sentences = splitSentences(content)
      .filter((sentence) => !isInstructionToModel(sentence))
      .map(toStatement);
    this.sentences.forEach(({ words }, index) => words.forEach((word) => this.addPosting(word, index)));
  }

  /** Compares a statement with the sentences of the passage that fit it best. */
  support(statement: Statement): Support {
    const matches = this.findMatches(statement);
    const titleWords = [...statement.words.keys()].filter((index) =>
      this.title.words.some((word) => isSameWord(word, statement.words[index] ?? '')),
    );
    const names = new Set(statement.names.filter((name) => this.hasWord(name)));
    let best: Support = { words: new Set(), facts: new Set(), names, agrees: false };
    for (const start of matches.keys())
      for (let size = 1; size <= MAX_WINDOW && start + size <= this.sentences.length; size += 1) {
        const support = this.compare(statement, matches, { start, end: start + size, titleWords });
        if (isStronger(support, best)) best = { ...support, names };
      }
    return best;
  }

  private compare(
    statement: Statement,
    matches: ReadonlyMap<number, SentenceMatch>,
    { start, end, titleWords }: { start: number; end: number; titleWords: readonly number[] },
  ): Omit<Support, 'names'> {
    const words = new Set(titleWords);
    let closest = start;
    for (let index = start; index < end; index += 1) {
      const match = matches.get(index);
      match?.words.forEach((word) => words.add(word));
      if ((match?.words.length ?? 0) > (matches.get(closest)?.words.length ?? 0)) closest = index;
    }
    const window = [...this.sentences.slice(start, end), this.title];
    const facts = statement.facts.filter((fact) => window.some((sentence) => sentence.facts.includes(fact)));
    const isDenied =
      (this.sentences[closest]?.negated ?? false) !== (matches.get(closest)?.hasOpposite ?? false);
    return { words, facts: new Set(facts), agrees: isDenied === statement.negated };
  }

  /** Returns what the sentences have of a statement, by their index; nothing for sentences without any of its words. */
  private findMatches({ words }: Statement): Map<number, SentenceMatch> {
    const matches = new Map<number, SentenceMatch>();
    const matchOf = (index: number): SentenceMatch => {
      const match = matches.get(index) ?? { words: [], hasOpposite: false };
      matches.set(index, match);
      return match;
    };
    words.forEach((word, wordIndex) => {
      const found = new Set(this.findSimilar(word).flatMap(({ sentences }) => sentences));
      for (const index of found) matchOf(index).words.push(wordIndex);
      for (const opposite of toOpposites(word))
        for (const index of this.postings.get(opposite)?.sentences ?? [])
          if (!found.has(index)) matchOf(index).hasOpposite = true;
    });
    return matches;
  }

  private hasWord(word: string): boolean {
    return this.findSimilar(word).length > 0 || this.title.words.some((other) => isSameWord(other, word));
  }

  private findSimilar(word: string): Posting[] {
    const keys = new Set([word, `${word}s`, word.replace(/s$/u, '')].map(toKey));
    const postings = [...keys].flatMap((key) => this.similar.get(key)?.slice(0, MAX_SIMILAR) ?? []);
    const same = postings.filter((posting) => isSameWord(posting.word, word));
    const exact = this.postings.get(word);
    return exact && !same.includes(exact) ? [...same, exact] : same;
  }

  private addPosting(word: string, sentence: number): void {
    const known = this.postings.get(word);
    if (known) {
      known.sentences.push(sentence);
      return;
    }
    const posting = { word, sentences: [sentence] };
    this.postings.set(word, posting);
    const key = toKey(word);
    const similar = this.similar.get(key);
    if (similar) similar.push(posting);
    else this.similar.set(key, [posting]);
  }
}

function toKey(word: string): string {
  return word.slice(0, KEY_CHARS);
}

function toOpposites(word: string): string[] {
  if (word.length < MIN_PREFIXED_CHARS) return [];
  return NEGATIVE_PREFIXES.flatMap((prefix) => {
    const bare = word.startsWith(prefix) ? word.slice(prefix.length) : '';
    return bare.length >= MIN_PREFIXED_CHARS ? [prefix + word, bare] : [prefix + word];
  });
}

function isStronger(one: Omit<Support, 'names'>, other: Omit<Support, 'names'>): boolean {
  if (one.agrees !== other.agrees) return one.agrees;
  return strength(one) > strength(other);
}

function strength({ words, facts }: Omit<Support, 'names'>): number {
  return words.size + 2 * facts.size;
}
