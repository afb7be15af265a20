import type { PageLine } from './page-lines.js';

/** What is usual in a document: the font size of most of its text and the distance of its lines. */
export interface TextStatistics {
  bodySize: number;
  /** Distance of the baselines of a paragraph, relative to the font size. */
  leading: number;
}

export function measureText(pages: readonly PageLine[][]): TextStatistics {
  const sizes = new Map<number, number>();
  const leadings = new Map<number, number>();
  for (const lines of pages) {
    lines.forEach((line, index) => {
      add(sizes, halfPoints(line.size), line.text.length);
      const previous = lines[index - 1];
      if (previous && isSameColumn(previous, line) && isFull(previous)) {
        const distance = (line.baseline - previous.baseline) / line.size;
        if (distance > 0.8 && distance < 3) add(leadings, Math.round(distance * 20) / 20, line.text.length);
      }
    });
  }
  return { bodySize: mostFrequent(sizes, 10), leading: mostFrequent(leadings, 1.2) };
}

/** Only after a full line, the next one is likely to belong to the same paragraph. */
const isFull = (line: PageLine): boolean =>
  line.right - line.left > 0.85 * (line.columnRight - line.columnLeft) && line.text.length > 20;

/** Sizes that differ by less than a quarter of a point look alike. */
export const halfPoints = (size: number): number => Math.round(size * 2) / 2;

export const isSameColumn = (a: PageLine, b: PageLine): boolean => a.page === b.page && a.column === b.column;

function add(counts: Map<number, number>, key: number, amount: number): void {
  counts.set(key, (counts.get(key) ?? 0) + amount);
}

function mostFrequent(counts: ReadonlyMap<number, number>, fallback: number): number {
  let best = fallback;
  let most = 0;
  for (const [value, count] of counts) {
    if (count > most) [best, most] = [value, count];
  }
  return best;
}
