import { createHash } from 'node:crypto';

const MAX_SLUG_LENGTH = 48;

/** Returns the id of an option or item, made of its text. A long text ends with a hash. */
export function toSlug(text: string): string {
  const words = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  if (words.length > 0 && words.length <= MAX_SLUG_LENGTH) return words;
  return `${words.slice(0, MAX_SLUG_LENGTH - 9)}-${shortHash(text)}`.replace(/^-+/, '');
}

/** Returns 8 hexadecimal digits, which differ for different texts. */
export function shortHash(...parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 8);
}

/** Returns a version of content: the same content has the same version in every process. */
export function toVersion(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
}

/** Returns the values in an order that depends on `seed` and their ids only, and says nothing about their order in the file. */
export function shuffle<Value extends { id: string }>(seed: string, values: readonly Value[]): Value[] {
  const rank = new Map(values.map((value) => [value, shortHash(seed, value.id)]));
  return [...values].sort((a, b) => ((rank.get(a) ?? '') < (rank.get(b) ?? '') ? -1 : 1));
}
