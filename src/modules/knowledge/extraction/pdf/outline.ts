import type { PageLine } from './page-lines.js';
import type { PDFDocument } from './pdf-library.js';

/** An entry of the outline, which viewers show as bookmarks. */
export interface OutlineEntry {
  title: string;
  /** 1 to 6. */
  level: number;
  /** From 1. */
  page: number;
}

interface OutlineNode {
  title: string;
  dest: string | unknown[] | null;
  items: OutlineNode[];
}

const MAX_ENTRIES = 5000;
const MAX_LEVEL = 6;
/** A heading may be printed on this many lines. */
const MAX_LINES = 4;

/** Reads the outline; entries without a page in this file are left out. */
export async function readOutline(document: PDFDocument): Promise<OutlineEntry[]> {
  const roots = (await document.getOutline().catch(() => null)) as OutlineNode[] | null;
  const entries: OutlineEntry[] = [];
  const stack = [...(roots ?? [])].reverse().map((node) => ({ node, level: 1 }));
  while (stack.length > 0 && entries.length < MAX_ENTRIES) {
    const next = stack.pop();
    if (!next) break;
    const page = await pageOf(document, next.node.dest);
    if (page !== null) entries.push({ title: next.node.title, level: Math.min(next.level, MAX_LEVEL), page });
    for (const child of [...next.node.items].reverse()) stack.push({ node: child, level: next.level + 1 });
  }
  return entries;
}

async function pageOf(document: PDFDocument, destination: string | unknown[] | null): Promise<number | null> {
  try {
    const explicit =
      typeof destination === 'string' ? await document.getDestination(destination) : destination;
    const target: unknown = explicit?.[0];
    if (typeof target === 'number') return target + 1;
    if (typeof target !== 'object' || target === null) return null;
    return (await document.getPageIndex(target as Parameters<PDFDocument['getPageIndex']>[0])) + 1;
  } catch {
    return null;
  }
}

/** A heading begins at its first line and may continue on the next ones. */
export interface Heading {
  level: number;
  lines: number;
}

/** Finds the lines that the entries of the outline point to, on their page or at the top of the next one. */
export function findOutlineHeadings(
  entries: readonly OutlineEntry[],
  pages: readonly PageLine[][],
): Map<PageLine, Heading> {
  const headings = new Map<PageLine, Heading>();
  for (const { title, level, page } of entries) {
    const wanted = comparable(title);
    if (wanted === '') continue;
    for (const lines of [pages[page - 1] ?? [], (pages[page] ?? []).slice(0, MAX_LINES)]) {
      const match = findTitle(lines, wanted, headings);
      if (!match) continue;
      headings.set(match.line, { level, lines: match.count });
      break;
    }
  }
  return headings;
}

function findTitle(
  lines: readonly PageLine[],
  wanted: string,
  taken: ReadonlyMap<PageLine, Heading>,
): { line: PageLine; count: number } | null {
  for (const [index, line] of lines.entries()) {
    if (taken.has(line)) continue;
    let text = '';
    for (let count = 1; count <= MAX_LINES && index + count <= lines.length; count += 1) {
      text += comparable(lines[index + count - 1]?.text ?? '');
      if (text === wanted || withoutNumber(text) === withoutNumber(wanted)) return { line, count };
      if (text.length > wanted.length + 12) break;
    }
  }
  return null;
}

const comparable = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

/** Outlines and pages may number the same heading in different ways, or one of them not at all. */
const withoutNumber = (text: string): string =>
  text.replace(/^(?:chapter|section|part|appendix)?\p{N}+/u, '') || text;
