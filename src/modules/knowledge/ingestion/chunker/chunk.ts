/** Length that chunks are merged up to, in UTF-16 code units: a few paragraphs, which answer one question. */
export const TARGET_UNITS = 1_200;

/** Longest chunk. What is longer is cut, at the end of a sentence or a line where there is one. */
export const MAX_CHUNK_UNITS = 2_000;

/** Longest part of a document around a chunk that is handed out to be read with it. */
export const MAX_PARENT_UNITS = 6_000;

export const MAX_CHUNKS = 20_000;

/** A part of a document that is searched and quoted on its own. Chunks are in document order and do not overlap. */
export interface Chunk {
  /** Position in the document, from 0. */
  ordinal: number;
  /** The text of the chunk is exactly `text.slice(start, end)` of the document; it has no white space at its ends. */
  start: number;
  end: number;
  /** The page that the chunk begins on, from 1; null for formats without pages. */
  page: number | null;
  /** Headings above the chunk, the highest first. */
  headingPath: string[];
  /** The section around the chunk, at most {@link MAX_PARENT_UNITS} long. */
  parentStart: number;
  parentEnd: number;
  /** What a reader knows from above: title, headings, the header of a table. Searched with the text, never quoted. */
  context: string;
}
