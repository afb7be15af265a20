const QUOTED = /"([^"]+)"|“([^“”]+)”|«([^«»]+)»/g;
const MAX_PHRASES = 5;

/** Returns the parts of a query in quotation marks. A chunk must contain each of them, with its words in this order. */
export function extractPhrases(query: string): string[] {
  return [...query.matchAll(QUOTED)]
    .map((match) => (match[1] ?? match[2] ?? match[3] ?? '').trim())
    .filter((phrase) => /[\p{L}\p{N}]/u.test(phrase))
    .slice(0, MAX_PHRASES);
}
