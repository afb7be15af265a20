import {
  type ExtractedDocument,
  ExtractionFailure,
} from '@/modules/knowledge/extraction/extracted-document.js';
import { type Chunk, MAX_CHUNKS, MAX_PARENT_UNITS } from './chunk.js';
import { type Piece, readPieces } from './section-pieces.js';
import { readSections, type Section } from './section-tree.js';
import type { Span } from './text-cutter.js';

const SEPARATOR = ' › ';

/** Headings without text of their own are put before the section below them, up to this length. */
const MAX_CARRIED_UNITS = 600;

interface SectionPieces {
  section: Section;
  pieces: Piece[];
}

function isBelow(section: Section | undefined, above: Section): boolean {
  return (
    section !== undefined &&
    above.headingPath.every((heading, index) => section.headingPath[index] === heading)
  );
}

/** Returns the pieces of each section. A section of a heading alone becomes the beginning of the section below it. */
function readAllPieces(text: string, sections: Section[]): SectionPieces[] {
  const result: SectionPieces[] = [];
  let carried: Piece | null = null;
  for (const [index, section] of sections.entries()) {
    const pieces: Piece[] = readPieces(text, section, carried);
    const [only] = pieces;
    const next = sections[index + 1];
    carried = null;
    if (pieces.length === 1 && only?.isHeading === true && isBelow(next, section)) {
      if (only.end - only.start <= MAX_CARRIED_UNITS) carried = only;
    }
    if (carried === null) result.push({ section, pieces });
  }
  return result;
}

function contextOf(title: string | null, section: Section, piece: Piece): string {
  const { headingPath } = section;
  const path = title === null || title === headingPath[0] ? headingPath : [title, ...headingPath];
  const heading = path.join(SEPARATOR);
  return [heading, piece.headerRow ?? ''].filter((line) => line !== '').join('\n');
}

/** Returns the section with the headings carried into it; null when that is too long. */
function surroundings({ section: { parent }, pieces }: SectionPieces): Span | null {
  if (parent === null) return null;
  const start = Math.min(parent.start, pieces[0]?.start ?? parent.start);
  return parent.end - start <= MAX_PARENT_UNITS ? { start, end: parent.end } : null;
}

/** Returns for each piece the section around it, or its neighbours in a section that is too long. */
function parentsOf(all: SectionPieces): Span[] {
  const around = surroundings(all);
  if (around !== null) return all.pieces.map(() => around);
  const groups: Span[] = [];
  return all.pieces.map(({ start, end }) => {
    const group = groups.at(-1);
    if (group !== undefined && end - group.start <= MAX_PARENT_UNITS) {
      group.end = end;
      return group;
    }
    groups.push({ start, end });
    return groups.at(-1) ?? { start, end };
  });
}

/**
 * Cuts a document into chunks by its structure. Every visible character of a block is in exactly one chunk. Throws
 * `too_large` when the document has more than {@link MAX_CHUNKS}.
 */
export function chunkDocument(document: ExtractedDocument): Chunk[] {
  const chunks: Chunk[] = [];
  for (const { section, pieces } of readAllPieces(document.text, readSections(document))) {
    const parents = parentsOf({ section, pieces });
    for (const [index, piece] of pieces.entries()) {
      const parent = parents[index] ?? piece;
      chunks.push({
        ordinal: chunks.length,
        start: piece.start,
        end: piece.end,
        page: piece.page,
        headingPath: section.headingPath,
        parentStart: parent.start,
        parentEnd: parent.end,
        context: contextOf(document.title, section, piece),
      });
    }
    if (chunks.length > MAX_CHUNKS) {
      throw new ExtractionFailure('too_large', `The document has more than ${MAX_CHUNKS} parts.`);
    }
  }
  return chunks;
}
