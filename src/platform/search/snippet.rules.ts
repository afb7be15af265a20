/**
 * Control characters that stand for other characters in a headline of PostgreSQL, which removes them from the text. The
 * first four replace `<`, `>`, `/` and `-`, because its parser would treat text between them as one token. The last two
 * begin and end a match.
 */
export const HEADLINE_MARKS = ['\u0001', '\u0002', '\u0003', '\u0004', '\u0005', '\u0006'] as const;

const [LESS, GREATER, SLASH, DASH, START, STOP] = HEADLINE_MARKS;

const MAX_SNIPPET_CHARS = 600;
const LEADING_CHARS = 120;
/** Characters of scripts without spaces between words. The index has them as pairs of characters. */
export const UNSPACED_SCRIPT =
  /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]/;

const MARKED_CHARACTERS: Readonly<Record<string, string>> = {
  [LESS]: '<',
  [GREATER]: '>',
  [SLASH]: '/',
  [DASH]: '-',
};
const HTML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML_ENTITIES[character] ?? character);
}

/** Converts a headline of the database to HTML: the text is escaped, and each match is in `<mark>`. */
export function toSnippetHtml(headline: string): string {
  const text = excerpt(headline.trim()).replace(/[\u0001-\u0004]/g, (mark) => MARKED_CHARACTERS[mark] ?? '');
  return escapeHtml(text).replaceAll(START, '<mark>').replaceAll(STOP, '</mark>');
}

/**
 * Returns a headline with the words that are in scripts without spaces, which the database cannot highlight: the text
 * around the first of them. Returns undefined when `part` contains none.
 */
export function highlightUnspaced(part: string, words: readonly string[]): string | undefined {
  const text = part.toLowerCase().length === part.length ? part.toLowerCase() : part;
  const unspaced = words.filter((word) => UNSPACED_SCRIPT.test(word));
  const first = Math.min(...unspaced.map((word) => text.indexOf(word)).filter((position) => position >= 0));
  if (!Number.isFinite(first)) return undefined;
  const from = Math.max(0, first - LEADING_CHARS);
  const marked = findMarkedPositions(text, unspaced, from);
  const characters = [...part.slice(from, from + MAX_SNIPPET_CHARS).replace(/[\u0001-\u0006]/g, ' ')];
  let at = from;
  const highlighted = characters.map((character) => {
    const inside = marked.has(at);
    at += character.length;
    return inside ? START + character + STOP : character;
  });
  return `${from > 0 ? '… ' : ''}${highlighted.join('').replaceAll(STOP + START, '')}`;
}

/** Returns the positions of all characters of the words, from `from` to the end of the snippet. */
function findMarkedPositions(text: string, words: readonly string[], from: number): Set<number> {
  const positions = new Set<number>();
  for (const word of words) {
    let at = text.indexOf(word, from);
    while (at >= 0 && at < from + MAX_SNIPPET_CHARS) {
      for (let position = at; position < at + word.length; position += 1) positions.add(position);
      at = text.indexOf(word, at + 1);
    }
  }
  return positions;
}

/** Cuts a headline around its first match. In scripts without spaces the database does not limit its length. */
function excerpt(headline: string): string {
  if (headline.length <= MAX_SNIPPET_CHARS) return headline;
  const from = Math.max(0, headline.indexOf(START) - LEADING_CHARS);
  const part = headline.slice(from, from + MAX_SNIPPET_CHARS).toWellFormed();
  const endsInsideMark = part.lastIndexOf(START) > part.lastIndexOf(STOP);
  const [before, after] = [from > 0 ? '… ' : '', from + MAX_SNIPPET_CHARS < headline.length ? ' …' : ''];
  return `${before}${part}${endsInsideMark ? STOP : ''}${after}`;
}
