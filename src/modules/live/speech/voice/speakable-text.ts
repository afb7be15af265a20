/** Signs of Markdown, and citations, which no voice should read out. */
const MARKUP = /\[\d+(?:\s*,\s*\d+)*\]|[*_`#~|<>]+|^\s*[-+•]\s+/gmu;
const LINK = /!?\[([^\]]*)\]\([^)\s]*\)/gu;
const ADDRESS = /https?:\/\/\S+/gu;
/** Longer parts are cut by the servers, or refused. */
const MAX_CHARS = 4_000;

/** Returns what a voice says for a part of an answer; empty when there is nothing to say. */
export function toSpeakableText(text: string): string {
  const spoken = text
    .replace(LINK, '$1')
    .replace(ADDRESS, '')
    .replace(MARKUP, ' ')
    .replace(/\s+/gu, ' ')
    .trim()
    .slice(0, MAX_CHARS)
    .toWellFormed();
  return /[\p{L}\p{N}]/u.test(spoken) ? spoken : '';
}
