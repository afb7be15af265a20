import { Injectable } from '@nestjs/common';
import type { KnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import { decodeVectors } from '@/modules/knowledge/embeddings/embedding-vector.js';
import type { RankedChunk } from '../retrieval-arm.js';
import type { KnowledgeQuery } from '../retrieval.js';
import { BestChunks } from './best-chunks.js';
import { type PgvectorExtension, PgvectorRepository } from './persistence/pgvector.repository.js';
import {
  dotProduct,
  SCAN_TIMEOUT_MS,
  ScanTimeout,
  type SearchedVectors,
  type VectorScan,
  type VectorScanner,
} from './vector-scanner.js';

const QUERY_CANCELED = '57014';
/** Undefined function, type or schema, a missing library, no privilege: the extension or the access to it was removed. */
const MISSING_CODES: readonly string[] = ['42883', '42704', '3F000', '58P01', '42501'];

/** The extension was removed since the start. */
export class PgvectorLost extends Error {}

/** Compares vectors in the database. Keeps none in memory. */
@Injectable()
export class PgvectorScanner implements VectorScanner {
  extension: PgvectorExtension | undefined;

  constructor(private readonly vectors: PgvectorRepository) {}

  /**
   * Finds the extension, and creates it where the server has it and the role may. Returns why it cannot be used, or undefined.
   * Other processes can create it at the same time.
   */
  async connect(): Promise<string | undefined> {
    const { vectors } = this;
    let extension = await vectors.findExtension();
    if (!extension) {
      if (!(await vectors.isAvailable())) return 'The database server does not have pgvector.';
      const failure = await describeFailure(vectors.createExtension());
      extension = await vectors.findExtension();
      if (!extension) return `The extension was not created: ${failure}`;
    }
    const failure = await describeFailure(vectors.probe(extension));
    if (failure !== undefined) return `The extension cannot be used: ${failure}`;
    this.extension = extension;
    return undefined;
  }

  async find(
    reader: KnowledgeReader,
    query: KnowledgeQuery,
    model: string,
  ): Promise<SearchedVectors | undefined> {
    if (!(await this.vectors.hasCandidates(reader, query, model))) return undefined;
    return { scan: (scan) => this.scan(reader, query, { ...scan, model }) };
  }

  /** Scores what the database selects like the scan in memory, so that both return the same order. */
  private async scan(
    reader: KnowledgeReader,
    query: KnowledgeQuery,
    scan: VectorScan & { model: string },
  ): Promise<RankedChunk[]> {
    const { vector, limit, perDocument } = scan;
    const best = new BestChunks(limit, perDocument);
    const schema = this.extension?.schema ?? '';
    const options = { ...scan, timeoutMs: SCAN_TIMEOUT_MS };
    const chunks = await this.vectors.findNearest(schema, reader, query, options).catch(rethrow);
    for (const { id, documentId, vector: stored } of chunks) {
      const score = dotProduct(vector, decodeVectors(Buffer.from(stored, 'base64'), vector.length), 0);
      if (best.accepts(score)) best.add({ id, documentId, score });
    }
    return best.ranked();
  }
}

function rethrow(error: unknown): never {
  const { code = '' } = error as { code?: string };
  if (code === QUERY_CANCELED) throw new ScanTimeout();
  throw MISSING_CODES.includes(code) ? new PgvectorLost(String(error), { cause: error }) : error;
}

/** Returns the message of the error, if there was one. */
async function describeFailure(work: Promise<void>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
