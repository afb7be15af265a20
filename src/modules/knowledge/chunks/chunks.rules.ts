/** A chunk of a new version. Offsets are UTF-16 code units in the text of the version, the ends exclusive. */
export interface NewChunk {
  /** Position in the document, from 0. */
  ordinal: number;
  start: number;
  end: number;
  /** Offsets of the section that contains the chunk. */
  parentStart: number;
  parentEnd: number;
  /** The page that the chunk begins on, from 1; null without pages. */
  page: number | null;
  /** Headings above the chunk, the highest first. */
  headingPath: string[];
  /** Title and headings, as {@link toChunkContext} returns them. */
  context: string;
  content: string;
}

/** A version whose chunks are inserted. */
export interface StagedVersion {
  versionId: string;
  /** BCP 47 tag; null when it is not known. */
  language: string | null;
}

/** The version of a document that is made ready. */
export interface IndexedVersion {
  id: string;
  versionId: string;
  /** The partition of the document. */
  partitionId: string;
  /** Number of the chunks that were staged. */
  chunkCount: number;
}

/** A document whose chunks get another title. */
export interface RetitledDocument {
  id: string;
  /** Number of chunks that got it now. */
  reworded: number;
  /** False while more chunks follow. */
  isComplete: boolean;
}

export const CONTEXT_SEPARATOR = ' › ';

/** Returns the context of a chunk: the title of its document and its headings in one line, a repeated title only once. */
export function toChunkContext(title: string, headingPath: readonly string[]): string {
  const headings = headingPath[0] === title ? headingPath.slice(1) : headingPath;
  return [title, ...headings].join(CONTEXT_SEPARATOR);
}
