import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { KnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import { Log } from '@/platform/logging/index.js';
import { extractPhrases } from '../query-phrases.js';
import type { RankedChunk, VectorArm } from '../retrieval-arm.js';
import type { KnowledgeQuery } from '../retrieval.js';
import { VectorArms } from '../vector-arms.js';
import { MemoryScanner } from './memory-scanner.js';
import { PgvectorLost, PgvectorScanner } from './pgvector-scanner.js';
import { QueryEmbedder } from './query-embedder.js';
import { ScanTimeout, type VectorScanner } from './vector-scanner.js';

/**
 * Compares the query with every vector that the reader may read and the filters accept: the best chunks are found, however
 * few documents match. The database compares them where it has pgvector, else this process.
 */
@Injectable()
export class ExactVectorArm implements VectorArm, OnModuleInit {
  private scanner: VectorScanner;

  constructor(
    private readonly arms: VectorArms,
    private readonly queries: QueryEmbedder,
    private readonly memory: MemoryScanner,
    private readonly pgvector: PgvectorScanner,
    private readonly log: Log,
  ) {
    this.scanner = memory;
  }

  async onModuleInit(): Promise<void> {
    if (this.queries.model === undefined) return;
    this.arms.register(this);
    const reason = await this.pgvector.connect();
    if (reason === undefined) this.scanner = this.pgvector;
    const { version } = this.pgvector.extension ?? {};
    this.log.info('knowledge.vector_search', { adapter: version ? 'pgvector' : 'memory', version, reason });
  }

  /** Returns nothing when the model is not available in time, and for quoted phrases, which must occur literally. */
  async search(reader: KnowledgeReader, query: KnowledgeQuery, limit: number): Promise<RankedChunk[]> {
    if (extractPhrases(query.query).length > 0) return [];
    try {
      return await this.scan(reader, query, limit);
    } catch (error) {
      if (error instanceof ScanTimeout) return this.handleTimeout();
      if (!(error instanceof PgvectorLost)) throw error;
      if (this.scanner === this.pgvector)
        this.log.warn('knowledge.pgvector_lost', { adapter: 'memory', reason: error.message });
      this.scanner = this.memory;
      return this.search(reader, query, limit);
    }
  }

  private async scan(reader: KnowledgeReader, query: KnowledgeQuery, limit: number): Promise<RankedChunk[]> {
    const { model } = this.queries;
    const vectors = model === undefined ? undefined : await this.scanner.find(reader, query, model);
    if (!vectors) return []; // the query is not sent to the model
    const vector = await this.queries.embed(query.query);
    if (!vector) return [];
    const found = await vectors.scan({ vector, limit, perDocument: query.limit });
    this.queries.count('done');
    return found;
  }

  private handleTimeout(): RankedChunk[] {
    this.queries.count('timed_out');
    this.log.warn('knowledge.vector_scan_timed_out');
    return [];
  }
}
