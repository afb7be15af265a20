/** Control characters around a match. `search_split` removes them from the text. */
const START = '\u0005';
const STOP = '\u0006';

/** Characters of scripts without spaces between words. The index has them as pairs of characters. */
const UNSPACED_SCRIPT =
  /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]/;

const HTML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Texts up to this length are shown completely. */
const MAX_SNIPPET_CHARS = 320;
const LEADING_CHARS = 60;
/** A snippet begins and ends between words when a blank is this near. */
const MAX_WORD_CHARS = 24;
const MAX_ENDING_CHARS = 3;
/** A character with all that normalization can join to it: combining marks, and letters of Hangul and marks of Katakana in all widths. */
const CLUSTER = /[^][\p{M}\u1160-\u11ff\u3131-\u318e\uff9e-\uffdc]*/uy;
/** Single characters that stay as they are. */
const IS_KEPT = /^[\0-\u007f\u0400-\u044f\u3041-\u3096\u30a1-\u30fa\u3400-\u9fff\uac00-\ud7a3]$/;
/** `ts_headline` leaves out longer words and longer gaps between words. */
const MAX_TOKEN_BYTES = 2046;
/** Stands for characters that are left out: `search_split` removes it from the text, and it is a token that matches nothing. */
const FILLER = '<i>';
const FILLED_BLANKS = 255;

/** UTF-16 offsets, the end exclusive. */
export interface TextRange {
  start: number;
  end: number;
}

/** Returns the SQL that marks the matches of a tsquery in a text, for {@link toSnippet}. */
export function highlightSql(configuration: string, text: string, query: string): string {
  return `ts_headline(('pg_catalog.' || ${configuration})::regconfig, ${withoutLongTokensSql(`search_split(search_fold(${normalizedSql(text)}))`)},
    ${query}::tsquery, E'HighlightAll=true, StartSel="\\x05", StopSel="\\x06"')`;
}

/** Like in `search_lexemes`: full-width letters, ligatures and fractions are those of ASCII. */
function normalizedSql(text: string): string {
  return `CASE WHEN octet_length(${text}) = length(${text}) THEN ${text} ELSE normalize(${text}, NFKC) END`;
}

/** Returns the SQL that replaces long words and long gaps by fillers with as many characters. */
function withoutLongTokensSql(text: string): string {
  const filler = `rpad(repeat('${FILLER}', length(w) / ${FILLER.length}), length(w), ' ')`;
  return `(SELECT CASE WHEN octet_length(t) <= ${MAX_TOKEN_BYTES} THEN t ELSE replace((
      SELECT coalesce(string_agg(CASE WHEN octet_length(w) <= ${MAX_TOKEN_BYTES} THEN w ELSE ${filler} END, ' ' ORDER BY n), '')
      FROM unnest(string_to_array(t, ' ')) WITH ORDINALITY words (w, n)
    ), repeat(' ', ${FILLED_BLANKS}), repeat('${FILLER}', ${FILLED_BLANKS / FILLER.length})) END
    FROM (SELECT ${text} AS t OFFSET 0) split)`;
}

/**
 * Returns the part of a text with the most matches as escaped HTML, with each match in `<mark>`. `highlight` is the text after
 * {@link highlightSql}; `words` are the lexemes of the query.
 */
export function toSnippet(text: string, highlight: string, words: readonly string[]): string {
  const normalized = text.normalize('NFC');
  const matches = [...readHighlights(normalized, highlight), ...findLiteralMatches(normalized, words)];
  return toHighlightedHtml(normalized, matches);
}

/** Like the SQL function `search_fold`, of a character with its combining marks. */
function fold(cluster: string): string {
  const folded = cluster
    .normalize('NFKD')
    .replace(/([A-Za-z\u0391-\u03c9])[\u0300-\u036f]+/g, '$1')
    .normalize('NFC');
  return folded.replaceAll('ß', 'ss').replaceAll('æ', 'ae').replaceAll('œ', 'oe');
}

/** Returns whether a character is in ASCII and has no combining mark. */
function isPlain(text: string, index: number): boolean {
  return text.charCodeAt(index) < 0x80 && !(text.charCodeAt(index + 1) >= 0x300);
}

function clusterAt(text: string, index: number): string {
  CLUSTER.lastIndex = index;
  return CLUSTER.exec(text)?.[0] ?? '';
}

/**
 * Returns the matches in a text. `highlight` is the text after {@link highlightSql}, in which letters have lost their accents;
 * so both are read in parallel. Returns nothing when they do not belong together.
 */
export function readHighlights(text: string, highlight: string): TextRange[] {
  const reader = new HighlightReader(highlight);
  for (let index = 0; index < text.length;) {
    const cluster = isPlain(text, index) ? ' ' : clusterAt(text, index);
    reader.read(cluster, { start: index, end: index + cluster.length });
    index += cluster.length;
  }
  return reader.isAtEnd ? reader.ranges : [];
}

class HighlightReader {
  readonly ranges: TextRange[] = [];
  private position = 0;
  private missing = 0;
  private opened: number | undefined;

  constructor(private readonly highlight: string) {}

  /** Whether all that was read was in the highlight, and nothing is left of it. */
  get isAtEnd(): boolean {
    return this.missing === 0 && this.position === this.highlight.length;
  }

  /** Reads the characters that stand for a cluster, with the marks before and inside them and the ends of matches after them. */
  read(cluster: string, { start, end }: TextRange): void {
    let left = this.sizeOf(cluster);
    for (; this.position < this.highlight.length; this.position += 1) {
      const character = this.highlight[this.position];
      if (character === STOP) this.close(end);
      else if (left === 0) return;
      else if (character === START) this.opened ??= start;
      else left -= 1;
    }
    this.missing += left;
  }

  private sizeOf(cluster: string): number {
    if (IS_KEPT.test(cluster)) return 1;
    const folded = fold(cluster);
    return this.isFiller() ? [...folded].length : folded.length;
  }

  /** Fillers have one character for each code point. */
  private isFiller(): boolean {
    return ` ${FILLER}`.includes(this.highlight[this.position] ?? START);
  }

  private close(end: number): void {
    if (this.opened !== undefined) this.ranges.push({ start: this.opened, end });
    this.opened = undefined;
  }
}

/** Words whose forms the function `search_lexemes` indexes as the word, and the stemmer of older versions of PostgreSQL does not. */
const SHORT_WORD_FORMS = /\b(add|ebb|egg|err)(?:ed|ing)\b/g;

/**
 * Returns where the words occur that PostgreSQL does not highlight: pairs of letters, words with punctuation, and forms of short
 * words.
 */
export function findLiteralMatches(text: string, words: readonly string[]): TextRange[] {
  const lower = text.replaceAll('İ', 'i').toLowerCase(); // the only letter whose small form has another length
  const literal = words.filter((word) => UNSPACED_SCRIPT.test(word) || /[^\p{L}\p{N}\p{M}]/u.test(word));
  return [
    ...literal.flatMap((word) => findOccurrences(lower, word)),
    ...findJoinedCompounds(lower, words),
    ...findShortWordForms(lower, words),
  ];
}

function findShortWordForms(text: string, words: readonly string[]): TextRange[] {
  return [...text.matchAll(SHORT_WORD_FORMS)].flatMap(({ 0: form, 1: word = '', index }) =>
    words.includes(word) ? [{ start: index, end: index + form.length }] : [],
  );
}

function findOccurrences(text: string, word: string): TextRange[] {
  const ranges: TextRange[] = [];
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    ranges.push({ start: at, end: at + word.length });
  return ranges;
}

/** Finds e-mail for the lexeme of email. Lexemes lack the ending of a word. */
function findJoinedCompounds(text: string, words: readonly string[]): TextRange[] {
  return [...text.matchAll(/[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*/gu)].flatMap(({ 0: compound, index }) => {
    if (!compound.includes('-')) return [];
    const joined = fold(compound.replaceAll('-', ''));
    const isMatch = words.some(
      (word) => joined.startsWith(word) && joined.length - word.length <= MAX_ENDING_CHARS,
    );
    return isMatch ? [{ start: index, end: index + compound.length }] : [];
  });
}

/** Returns the part of a text with the most matches as escaped HTML, with each match in `<mark>`. */
export function toHighlightedHtml(text: string, matches: readonly TextRange[]): string {
  const ranges = mergeRanges(matches);
  const { start, end } = chooseExcerpt(text, ranges);
  let html = start > 0 ? '… ' : '';
  let position = start;
  for (const range of ranges) {
    const [from, to] = [Math.max(range.start, start), Math.min(range.end, end)];
    if (from >= to) continue;
    html += `${toHtml(text.slice(position, from))}<mark>${toHtml(text.slice(from, to))}</mark>`;
    position = to;
  }
  return `${html}${toHtml(text.slice(position, end))}${end < text.length ? ' …' : ''}`.trim();
}

function mergeRanges(matches: readonly TextRange[]): TextRange[] {
  const merged: TextRange[] = [];
  for (const { start, end } of [...matches].sort((one, other) => one.start - other.start)) {
    const last = merged.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

function chooseExcerpt(text: string, ranges: readonly TextRange[]): TextRange {
  if (text.length <= MAX_SNIPPET_CHARS) return { start: 0, end: text.length };
  let best = { start: 0, count: 0 };
  let first = 0;
  ranges.forEach(({ end }, last) => {
    while (end - (ranges[first]?.start ?? 0) > MAX_SNIPPET_CHARS - LEADING_CHARS && first < last) first += 1;
    if (last - first + 1 > best.count) best = { start: ranges[first]?.start ?? 0, count: last - first + 1 };
  });
  const from = Math.min(Math.max(0, best.start - LEADING_CHARS), text.length - MAX_SNIPPET_CHARS);
  const start = from === 0 ? 0 : toWordStart(text, from);
  const until = from + MAX_SNIPPET_CHARS;
  return { start, end: until >= text.length ? text.length : toWordEnd(text, until) };
}

function toWordStart(text: string, from: number): number {
  const blank = text.slice(from, from + MAX_WORD_CHARS).search(/\s/);
  return blank >= 0 ? from + blank + 1 : from - (isLowSurrogate(text, from) ? 1 : 0);
}

function toWordEnd(text: string, until: number): number {
  const blank = text.slice(until - MAX_WORD_CHARS, until + 1).search(/\s\S*$/);
  return blank >= 0 ? until - MAX_WORD_CHARS + blank : until - (isLowSurrogate(text, until) ? 1 : 0);
}

function isLowSurrogate(text: string, index: number): boolean {
  return /[\udc00-\udfff]/.test(text[index] ?? '');
}

function toHtml(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[&<>"']/g, (character) => HTML_ENTITIES[character] ?? character);
}
