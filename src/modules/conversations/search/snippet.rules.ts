import { HEADLINE_MARKS } from './headline-marks.js';

const [LESS, GREATER, SLASH, DASH, START, STOP] = HEADLINE_MARKS;

const MAX_SNIPPET_CHARS = 600;
const LEADING_CHARS = 120;
/** Letters of scripts without spaces, which are indexed in pairs. */
const UNSPACED_SCRIPT =
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

/** A headline of the database as HTML: text is text, and each match stands in `<mark>`. */
export function toSnippetHtml(headline: string): string {
  const text = excerpt(headline.trim()).replace(/[\u0001-\u0004]/g, (mark) => MARKED_CHARACTERS[mark] ?? '');
  const html = text.replace(/[&<>"']/g, (sign) => HTML_ENTITIES[sign] ?? sign);
  return html.replaceAll(START, '<mark>').replaceAll(STOP, '</mark>');
}

/**
 * A headline for words that the database cannot mark, because they stand in a script without spaces: the
 * surroundings of the first of them. Undefined where there is none.
 */
export function highlightUnspaced(part: string, words: readonly string[]): string | undefined {
  const text = part.toLowerCase().length === part.length ? part.toLowerCase() : part;
  const unspaced = words.filter((word) => UNSPACED_SCRIPT.test(word));
  const first = Math.min(...unspaced.map((word) => text.indexOf(word)).filter((position) => position >= 0));
  if (!Number.isFinite(first)) return undefined;
  const from = Math.max(0, first - LEADING_CHARS);
  const marked = new Set<number>();
  for (const word of unspaced)
    for (
      let at = text.indexOf(word, from);
      at >= 0 && at < from + MAX_SNIPPET_CHARS;
      at = text.indexOf(word, at + 1)
    )
      for (let position = at; position < at + word.length; position += 1) marked.add(position);
  const letters = [...part.slice(from, from + MAX_SNIPPET_CHARS).replace(/[\u0001-\u0006]/g, ' ')];
  let at = from;
  const highlighted = letters.map((letter) => {
    const inside = marked.has(at);
    at += letter.length;
    return inside ? START + letter + STOP : letter;
  });
  return `${from > 0 ? '… ' : ''}${highlighted.join('').replaceAll(STOP + START, '')}`;
}

/** Scripts without spaces give headlines without end: the part around the first match is enough. */
function excerpt(headline: string): string {
  if (headline.length <= MAX_SNIPPET_CHARS) return headline;
  const from = Math.max(0, headline.indexOf(START) - LEADING_CHARS);
  const part = headline.slice(from, from + MAX_SNIPPET_CHARS).toWellFormed();
  const endsInsideMark = part.lastIndexOf(START) > part.lastIndexOf(STOP);
  const [before, after] = [from > 0 ? '… ' : '', from + MAX_SNIPPET_CHARS < headline.length ? ' …' : ''];
  return `${before}${part}${endsInsideMark ? STOP : ''}${after}`;
}
