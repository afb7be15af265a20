import { toLanguageTag } from '@/modules/knowledge/extraction/stated-language.js';

export interface FrontMatter {
  title: string | null;
  language: string | null;
  /** The text after the front matter. */
  body: string;
}

/** Longest front matter; a text with two rules far apart has none. */
const MAX_UNITS = 64 * 1024;

const YAML = /^---[ \t]*\r?\n([^]*?)(?:\r?\n|(?<=\n))(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/;
const TOML = /^\+\+\+[ \t]*\r?\n([^]*?)(?:\r?\n|(?<=\n))\+\+\+[ \t]*(?:\r?\n|$)/;

/** Lines of YAML: a key, an item, a comment, a continued value, nothing. */
const YAML_LINE = /^(?:[\w$."'-]+[ \t]*:(?:\s|$)|-(?:\s|$)|#|[ \t]|[\]}]|$)/;

function readValue(block: string, keys: string): string | null {
  const value = new RegExp(`^(?:${keys})[ \\t]*[:=][ \\t]*(.+?)[ \\t]*$`, 'im').exec(block)?.[1];
  if (value === undefined || /^[|>&*!{[]/.test(value)) return null;
  const quoted = /^"(.*)"$|^'(.*)'$/.exec(value);
  const text =
    quoted === null
      ? value.replace(/\s+#.*$/, '')
      : (quoted[1] ?? quoted[2] ?? '').replace(/\\"|''/g, (q) => q.slice(1));
  return text.trim() === '' ? null : text.trim();
}

/**
 * Separates the front matter from a Markdown text and reads its title and language line by line. A text that only
 * begins with a rule has none.
 */
export function readFrontMatter(text: string): FrontMatter {
  const head = text.slice(0, MAX_UNITS);
  const yaml = YAML.exec(head);
  const isYaml = yaml?.[1]?.split(/\r?\n/).every((line) => YAML_LINE.test(line)) === true;
  const match = isYaml && yaml?.[1]?.includes(':') ? yaml : TOML.exec(head);
  if (match === null) return { title: null, language: null, body: text };
  const block = match[1] ?? '';
  return {
    title: readValue(block, 'title'),
    language: toLanguageTag(readValue(block, 'lang|language|locale')),
    body: text.slice(match[0].length),
  };
}
