export const SOURCE_KINDS = ['conversation', 'message', 'note'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** What a rebuilding of the index goes through, in this order. */
export const REINDEX_STAGES = ['conversation', 'message', 'note', 'orphan', 'finished'] as const;
export type ReindexStage = (typeof REINDEX_STAGES)[number];

/** A word of a question, and what is known of it in the asker's collection. */
export interface SurveyedWord {
  lexeme: string;
  /** Entries with this word, counted up to {@link COUNTED}; null where it was seen to be in very many. */
  found: number | null;
  /** Where it is in many: the share of recent entries that have it. */
  share: number | null;
}

export interface Survey {
  /** Entries of the collection, counted up to a cap. */
  entries: number;
  /** How long its entries are, on average. */
  length: number;
  words: SurveyedWord[];
}

/** Counting how many entries have a word stops here: the word is common. */
export const COUNTED = 2000;

/**
 * Entries that are weighed for one question: words are taken in the order of their rarity until they lead to enough
 * entries. With twice or ten times as many the first ten results are the same ones (measured with the 225 questions of the Cranfield collection).
 */
const ENOUGH = 500;
const MOST = 5000;
/** Where rare words lead to fewer than that, so many of the newest entries of each kind are looked through. */
const RECENT = 1000;
/** Up to so many matches are counted one by one. */
const COUNTABLE = 5_000;
const RAREST = 8;

/** How entries are found and weighed for a question. */
export interface Plan {
  /** Entries with one of these rare words are candidates, few enough to look at each. */
  rare: string | null;
  /** Without rare words: entries with all words. */
  all: string | null;
  /** Common words alone lead to too many entries: of each kind, so many of the newest are candidates too. */
  recent: number;
  any: string;
  /** Of all words the rarest, as they are in the index. */
  rarest: string[];
  /** Entries with any of the words, where they are few enough to be counted. */
  countable: string | null;
  /** Each word with its weight. */
  words: string[];
  weights: number[];
}

/**
 * Okapi BM25 over as few entries as possible: a word that many entries have says little about any of them, so rare
 * words choose the candidates and common ones only help to order them. Null when the question has no words.
 */
export function planOf(scope: string, { entries, words }: Survey): Plan | null {
  if (words.length === 0) return null;
  const byRarity = words
    .map(({ lexeme, found, share }) => ({
      ...{ lexeme, word: quoted(lexeme) },
      frequency: Math.max(found ?? COUNTED, (share ?? 0) * entries),
    }))
    .sort((one, other) => one.frequency - other.frequency);
  const rare = fewest(byRarity);
  const [reached, possible] = [sumOf(rare), sumOf(byRarity)];
  const common = possible > reached && reached < ENOUGH;
  const every = byRarity.map(({ word }) => word);
  const any = every.join(' | ');
  return {
    rare: rare.length > 0 ? scoped(scope, rare.map(({ word }) => word).join(' | ')) : null,
    all: rare.length === 0 && common ? scoped(scope, every.join(' & ')) : null,
    recent: common ? RECENT : 0,
    any,
    rarest: byRarity
      .filter(({ frequency }) => frequency > 0)
      .slice(0, RAREST)
      .map(({ lexeme }) => lexeme),
    words: every,
    countable: possible <= COUNTABLE ? scoped(scope, any) : null,
    weights: byRarity.map(({ frequency }) => rarity(frequency, entries)),
  };
}

/** The rarest words that lead to enough entries, and to not too many. */
function fewest<Word extends { frequency: number }>(byRarity: Word[]): Word[] {
  let sum = 0;
  return byRarity.filter(({ frequency }) => {
    const taken = frequency > 0 && frequency < COUNTED && sum < ENOUGH && sum + frequency <= MOST;
    if (taken) sum += frequency;
    return taken;
  });
}

function sumOf(words: { frequency: number }[]): number {
  return words.reduce((sum, { frequency }) => sum + frequency, 0);
}

/** BM25's inverse document frequency, never negative. */
function rarity(frequency: number, entries: number): number {
  return Math.log(1 + (Math.max(entries, frequency) - frequency + 0.5) / (frequency + 0.5));
}

/** The lexeme that all entries have which this caller may find. */
export function scopeLexeme(userId: string, organizationId: string | null): string {
  return quoted(`@${organizationId ?? ''}${userId}`);
}

function scoped(scope: string, query: string): string {
  return `${scope} & (${query})`;
}

/** A lexeme as a tsquery takes it literally. */
function quoted(lexeme: string): string {
  return `'${lexeme.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
