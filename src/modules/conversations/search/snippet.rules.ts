import { HEADLINE_MARKS } from './headline-marks.js';

const [LESS, GREATER, SLASH, DASH, START, STOP] = HEADLINE_MARKS;

const LONGEST = 600;
const LEAD = 120;

const PLAIN: Readonly<Record<string, string>> = { [LESS]: '<', [GREATER]: '>', [SLASH]: '/', [DASH]: '-' };
const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A headline of the database as HTML: text is text, and each match stands in `<mark>`. */
export function snippetOf(headline: string): string {
  const text = excerpt(headline.trim()).replace(/[\u0001-\u0004]/g, (mark) => PLAIN[mark] ?? '');
  const html = text.replace(/[&<>"']/g, (sign) => ESCAPED[sign] ?? sign);
  return html.replaceAll(START, '<mark>').replaceAll(STOP, '</mark>');
}

/** Scripts without spaces give headlines without end: the part around the first match is enough. */
function excerpt(headline: string): string {
  if (headline.length <= LONGEST) return headline;
  const from = Math.max(0, headline.indexOf(START) - LEAD);
  const part = headline.slice(from, from + LONGEST).toWellFormed();
  const opened = part.lastIndexOf(START) > part.lastIndexOf(STOP);
  const [before, after] = [from > 0 ? '… ' : '', from + LONGEST < headline.length ? ' …' : ''];
  return `${before}${part}${opened ? STOP : ''}${after}`;
}
