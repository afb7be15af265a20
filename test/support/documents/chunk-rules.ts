import type { ExtractedDocument } from '@/modules/knowledge/extraction/extracted-document.js';
import {
  type Chunk,
  MAX_CHUNK_UNITS,
  MAX_PARENT_UNITS,
} from '@/modules/knowledge/ingestion/chunker/index.js';

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Throws unless the blocks of a document are in order, cover all its visible characters, and have no white space around
 * them, except the indentation of the first line of code.
 */
export function expectExactBlocks({ text, blocks }: ExtractedDocument): void {
  let position = 0;
  for (const { kind, start, end } of blocks) {
    const content = text.slice(start, end);
    expect(start).toBeGreaterThanOrEqual(position);
    expect(text.slice(position, start).trim()).toBe('');
    expect(kind === 'code' ? content.trimStart() : content).toBe(content.trim());
    expect(end).toBeGreaterThan(start);
    position = end;
  }
  expect(text.slice(position).trim()).toBe('');
  expect(text.isWellFormed()).toBe(true);
}

/** Throws unless chunks keep what every document is promised. */
export function expectExactChunks(document: ExtractedDocument, chunks: Chunk[]): void {
  const { text } = document;
  const segments = GRAPHEMES.segment(text);
  const isBoundary = (offset: number) =>
    offset === text.length || segments.containing(offset)?.index === offset;
  let position = 0;
  for (const [index, chunk] of chunks.entries()) {
    const content = text.slice(chunk.start, chunk.end);
    expect(chunk.ordinal).toBe(index);
    expect(content).toBe(content.trim());
    expect(content).not.toBe('');
    expect(content.length).toBeLessThanOrEqual(MAX_CHUNK_UNITS);
    expect(text.slice(position, chunk.start).trim()).toBe('');
    expect(chunk.start).toBeGreaterThanOrEqual(position);
    expect(isBoundary(chunk.start) && isBoundary(chunk.end)).toBe(true);
    expect(chunk.parentStart).toBeLessThanOrEqual(chunk.start);
    expect(chunk.parentEnd).toBeGreaterThanOrEqual(chunk.end);
    expect(chunk.parentEnd - chunk.parentStart).toBeLessThanOrEqual(MAX_PARENT_UNITS);
    position = chunk.end;
  }
  expect(text.slice(position).trim()).toBe('');
}
