const HYPHEN_AT_END = /([\p{L}\p{M}][\p{L}\p{M}\p{N}'’-]*)[-\u2010\u00ad]$/u;
const FIRST_WORD = /^[\p{L}\p{M}'’]+/u;
/** After a hyphen, these words begin the second part of an enumeration, as in "pre- and postwar". */
const CONJUNCTION = /^(?:and|or|und|oder|bzw|sowie|et|ou)$/u;
/** Chinese and Japanese text has no spaces between lines. */
const UNSPACED = /[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]/u;
const COMPOUND = /(?<![\p{L}-])[\p{L}]+(?:-[\p{L}]+)+(?![\p{L}-])/gu;

/** Words with a hyphen that a document has inside its lines; there, the hyphen is spelling. */
export class CompoundWords {
  private readonly words = new Set<string>();

  /** Collects the compounds of a line, without its last word, which may be divided. */
  add(line: string): void {
    if (!line.includes('-')) return;
    for (const [word] of line.matchAll(COMPOUND)) this.words.add(word.toLowerCase());
  }

  has(word: string): boolean {
    return this.words.has(word.toLowerCase());
  }
}

/**
 * Joins a line to the text before it. A hyphen at the end of a line disappears when the next line continues in lower
 * case, unless the word has another hyphen or the document spells it with one elsewhere.
 */
export function joinLines(text: string, next: string, compounds: CompoundWords): string {
  if (text === '') return next;
  if (text.endsWith('\u00ad')) return text.slice(0, -1) + next;
  const first = HYPHEN_AT_END.exec(text)?.[1];
  if (first !== undefined) return text.slice(0, -1) + afterHyphen(first, next, compounds);
  const last = text.at(-1) ?? '';
  if (UNSPACED.test(last) && UNSPACED.test(next[0] ?? '')) return text + next;
  // A dash or a slash that is glued to its word continues it.
  return /[\p{L}\p{N}][/]$/u.test(text) ? text + next : `${text} ${next}`;
}

function afterHyphen(first: string, next: string, compounds: CompoundWords): string {
  const second = FIRST_WORD.exec(next)?.[0] ?? '';
  if (second === '') return `-${/^\p{N}/u.test(next) ? '' : ' '}${next}`;
  if (CONJUNCTION.test(second)) return `- ${next}`;
  if (!/^\p{Ll}/u.test(second)) return `-${next}`;
  const word = /[\p{L}\p{M}'’-]+$/u.exec(first)?.[0] ?? first;
  const isCompound = /-/.test(word) || /\p{N}/u.test(first) || compounds.has(`${word}-${second}`);
  return isCompound ? `-${next}` : next;
}
