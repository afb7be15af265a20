import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { KnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import { Log } from '@/platform/logging/index.js';
import { extractPhrases } from '../query-phrases.js';
import type { RankedChunk, VectorArm } from '../retrieval-arm.js';
import type { KnowledgeQuery } from '../retrieval.js';
import { VectorArms } from '../vector-arms.js';
import { VectorRepository } from './persistence/vector.repository.js';
import { QueryEmbedder } from './query-embedder.js';
import { VectorScanner } from './vector-scanner.js';

/** Vectors that are read from the database in this time are used by the next search. */
const SCAN_TIMEOUT_MS = 3_000;

/**
 * Compares the query with every vector that the reader may read and the filters accept: the best chunks are found, however
 * few documents match. What was deleted or moved is not compared, as the database names the versions for each search.
 */
@Injectable()
export class ExactVectorArm implements VectorArm, OnModuleInit {
  constructor(
    private readonly arms: VectorArms,
    private readonly queries: QueryEmbedder,
    private readonly vectors: VectorRepository,
    private readonly scanner: VectorScanner,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    if (this.queries.model !== undefined) this.arms.register(this);
  }

  /** Returns nothing when the model is not available in time, and for quoted phrases, which must occur literally. */
  async search(reader: KnowledgeReader, query: KnowledgeQuery, limit: number): Promise<RankedChunk[]> {
    const { model } = this.queries;
    if (model === undefined || extractPhrases(query.query).length > 0) return [];
    const versions = await this.vectors.findCandidates(reader, query, model);
    if (versions.length === 0) return []; // the query is not sent to the model
    const vector = await this.queries.embed(query.query);
    if (!vector) return [];
    const signal = AbortSignal.timeout(SCAN_TIMEOUT_MS);
    try {
      const found = await this.scanner.scan(versions, {
        model,
        vector,
        limit,
        perDocument: query.limit,
        signal,
      });
      this.queries.count('done');
      return found;
    } catch (error) {
      if (!signal.aborted) throw error;
      this.queries.count('timed_out');
      this.log.warn('knowledge.vector_scan_timed_out', { versions: versions.length });
      return [];
    }
  }
}
