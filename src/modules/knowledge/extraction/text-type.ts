import { byteOrderMark, unmarkedUtf16 } from './text-encoding.js';

export const DOCUMENT_TYPES = ['pdf', 'docx', 'html', 'md', 'csv', 'json', 'txt'] as const;
export type DocumentType = (typeof DOCUMENT_TYPES)[number];

type TextType = Exclude<DocumentType, 'pdf' | 'docx'>;

/** Bytes at the beginning that are judged. A JSON text up to this length is parsed as a whole. */
const SAMPLE_BYTES = 256 * 1024;

const EXTENSIONS: Record<string, TextType> = {
  ...{ html: 'html', htm: 'html', xhtml: 'html' },
  ...{ md: 'md', markdown: 'md', mdown: 'md', mkd: 'md', mdx: 'md' },
  ...{ csv: 'csv', tsv: 'csv', tab: 'csv' },
  ...{ json: 'json', jsonl: 'json', ndjson: 'json', geojson: 'json', jsonld: 'json' },
  ...{ txt: 'txt', text: 'txt', log: 'txt' },
};

const STATED_TYPES: [RegExp, TextType][] = [
  [/^(?:text\/html|application\/xhtml\+xml)$/, 'html'],
  [/^text\/(?:x-)?markdown$/, 'md'],
  [/^(?:(?:text|application)\/csv|text\/tab-separated-values)$/, 'csv'],
  [/^application\/(?:[\w.-]+\+)?(?:json|x-ndjson|jsonl)$/, 'json'],
];

/** What precedes the first element: white space, an XML declaration, comments. */
const PROLOG = /^(?:\s+|<\?xml[^>]{0,500}\?>|<!--[^]{0,5000}?-->){0,20}/;
const PAGE_START = /^<(?:!doctype\s+html|html|head|body)(?=[\s>])/i;
const FRAGMENT_START =
  /^<(?:article|b|blockquote|center|div|font|h[1-6]|header|main|meta|nav|ol|p|pre|section|span|style|table|title|ul)(?=[\s>])/i;
const CLOSING_TAG = /<\/(?:[a-z][a-z0-9]*)\s*>/i;

const MARKDOWN_SIGNS = [
  /^#{1,6} \S/m,
  /^(?:```|~~~)/m,
  /\[[^\]\n]+\]\([^)\s]+\)/,
  /^ {0,3}[-*+] \S.*\n {0,3}[-*+] \S/m,
  /^\|.+\|\n\|[ :|-]+\|$/m,
  /\*\*\S[^*\n]*\*\*/,
  /^> \S/m,
];

function typeByName(filename: string | null, statedType: string | null): TextType | null {
  const extension = /\.([a-z0-9]+)$/i.exec(filename?.trim() ?? '')?.[1]?.toLowerCase() ?? '';
  if (Object.hasOwn(EXTENSIONS, extension)) return EXTENSIONS[extension] ?? null;
  const stated = statedType?.split(';')[0]?.trim().toLowerCase() ?? '';
  return STATED_TYPES.find(([expression]) => expression.test(stated))?.[1] ?? null;
}

/** Returns the beginning of a text. Of other encodings than Unicode only the ASCII characters are right. */
function readSample(bytes: Uint8Array): string {
  const mark = byteOrderMark(bytes);
  const encoding = mark?.encoding ?? unmarkedUtf16(bytes) ?? 'utf-8';
  const start = mark?.length ?? 0;
  return new TextDecoder(encoding)
    .decode(bytes.subarray(start, start + SAMPLE_BYTES))
    .replace(/\r\n?/g, '\n');
}

function isJsonText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}

/** Returns whether a text is one JSON object or array, or has one on each line. */
function isJson(sample: string, isWhole: boolean): boolean {
  if (!/^\s*[{[]/.test(sample)) return false;
  if (isWhole && isJsonText(sample)) return true;
  const lines = sample.split('\n').filter((line) => line.trim() !== '');
  if (!isWhole) lines.pop();
  if (lines.length > 1 && lines.slice(0, 20).every(isJsonText)) return true;
  return !isWhole && /^\s*(?:\{\s*"|\[\s*[[{"])/.test(sample);
}

/** Returns whether each line has the same number of the same delimiter, as lines of prose have not. */
function isTable(sample: string, isWhole: boolean): boolean {
  const lines = sample.split('\n').filter((line) => line.trim() !== '');
  if (!isWhole) lines.pop();
  const rows = lines.slice(0, 50).map((line) => line.replace(/"(?:[^"]|"")*"/g, ''));
  return [',', ';', '\t', '|'].some((delimiter) => {
    const cells = rows.map((row) => row.split(delimiter).length);
    return rows.length >= 4 && (cells[0] ?? 0) >= 3 && cells.every((count) => count === cells[0]);
  });
}

function isMarkdown(sample: string): boolean {
  return MARKDOWN_SIGNS.filter((sign) => sign.test(sample)).length >= 2;
}

/** Returns the type of a text. A page of HTML is one whatever its name; otherwise the name decides, if it says a type. */
export function detectTextType(
  bytes: Uint8Array,
  filename: string | null,
  statedType: string | null,
): TextType {
  const sample = readSample(bytes);
  const isWhole = bytes.length <= SAMPLE_BYTES;
  const markup = sample.slice(PROLOG.exec(sample)?.[0].length ?? 0, 50_000);
  if (PAGE_START.test(markup)) return 'html';
  const named = typeByName(filename, statedType);
  // A broken JSON text stays one, so that its reader can name the line; any other text is not JSON by its name.
  if (named !== null && (named !== 'json' || /^\s*[{[]/.test(sample))) return named;
  if (FRAGMENT_START.test(markup) && CLOSING_TAG.test(markup)) return 'html';
  if (isJson(sample, isWhole)) return 'json';
  if (isMarkdown(sample)) return 'md';
  return isTable(sample, isWhole) ? 'csv' : 'txt';
}
