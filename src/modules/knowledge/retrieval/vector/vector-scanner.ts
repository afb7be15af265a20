import type { KnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import type { RankedChunk } from '../retrieval-arm.js';
import type { KnowledgeQuery } from '../retrieval.js';

export interface VectorScan {
  vector: Float32Array;
  limit: number;
  perDocument: number;
}

/** Vectors that a search compares. */
export interface SearchedVectors {
  /** Returns the most similar chunks, the best first. Throws a {@link ScanTimeout}. */
  scan(scan: VectorScan): Promise<RankedChunk[]>;
}

/** Compares a vector with all those that a reader may read and that match the filters: the result is exact. */
export interface VectorScanner {
  /** Returns undefined when there are none, so that the query need not be embedded. */
  find(reader: KnowledgeReader, query: KnowledgeQuery, model: string): Promise<SearchedVectors | undefined>;
}

/** A scan was not finished in time. */
export class ScanTimeout extends Error {}

export const SCAN_TIMEOUT_MS = 3_000;

/** Returns the cosine of the angle between a vector and the one at the offset, as both have the length 1. */
export function dotProduct(vector: Float32Array, vectors: Float32Array, offset: number): number {
  let sum = 0;
  for (let index = 0; index < vector.length; index += 1)
    sum += (vector[index] as number) * (vectors[offset + index] as number);
  return sum;
}
