import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { KnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import { decodeVectors } from '@/modules/knowledge/embeddings/embedding-vector.js';
import type { RankedChunk } from '../retrieval-arm.js';
import type { KnowledgeQuery } from '../retrieval.js';
import { BestChunks } from './best-chunks.js';
import {
  type CandidateVersion,
  PIECE_CHUNKS,
  VectorRepository,
  type VersionPiece,
} from './persistence/vector.repository.js';
import { type VectorBlock, VectorCache } from './vector-cache.js';
import {
  dotProduct,
  SCAN_TIMEOUT_MS,
  ScanTimeout,
  type SearchedVectors,
  type VectorScan,
  type VectorScanner,
} from './vector-scanner.js';

/** A scan of vectors of one model. It ends with an error when the signal is aborted. */
interface ModelScan extends VectorScan {
  model: string;
  signal: AbortSignal;
}

/** Multiplications after which other requests have their turn: about a millisecond. */
const SLICE = 500_000;
/** Bytes of vectors that are read with one query. */
const LOAD_BYTES = 1024 * 1024;

/**
 * Compares vectors in the memory of this process. Other requests are served in between. What was deleted or moved is not
 * compared, as the database names the versions for each search.
 */
@Injectable()
export class MemoryScanner implements VectorScanner {
  private searches = 0;

  constructor(
    private readonly vectors: VectorRepository,
    private readonly cache: VectorCache,
  ) {}

  async find(
    reader: KnowledgeReader,
    query: KnowledgeQuery,
    model: string,
  ): Promise<SearchedVectors | undefined> {
    const versions = await this.vectors.findCandidates(reader, query, model);
    if (versions.length === 0) return undefined;
    return { scan: (scan) => this.scan(versions, { ...scan, model }) };
  }

  /** Vectors that are read from the database before the timeout are used by the next search. */
  private async scan(
    versions: readonly CandidateVersion[],
    scan: Omit<ModelScan, 'signal'>,
  ): Promise<RankedChunk[]> {
    const signal = AbortSignal.timeout(SCAN_TIMEOUT_MS);
    try {
      return await this.compare(versions, { ...scan, signal });
    } catch (error) {
      throw signal.aborted ? new ScanTimeout() : error;
    }
  }

  /** Vectors in memory are compared first; the others are read in parts. */
  private async compare(versions: readonly CandidateVersion[], scan: ModelScan): Promise<RankedChunk[]> {
    this.searches += 1;
    const search = this.searches;
    const run = new ScanRun(scan);
    const missing: VersionPiece[] = [];
    for (const piece of toPieces(versions, scan.vector.length)) {
      const block = this.cache.get(toKey(piece, scan), search);
      if (block) await run.compare(piece.documentId, block);
      else missing.push(piece);
    }
    for (const pieces of toLoads(missing, scan.vector.byteLength)) await this.scanStored(pieces, run, search);
    return run.best.ranked();
  }

  private async scanStored(pieces: VersionPiece[], run: ScanRun, search: number): Promise<void> {
    const { model, vector } = run.scan;
    const rows = await this.vectors.load(pieces, model, vector.length);
    const byKey = new Map(pieces.map((piece) => [`${piece.versionId}/${piece.piece}`, piece]));
    for (const { version_id: versionId, piece: number, chunk_ids: chunkIds, vectors } of rows) {
      const piece = byKey.get(`${versionId}/${number}`);
      if (!piece) continue;
      const block = { chunkIds, vectors: decodeVectors(Buffer.from(vectors, 'base64'), vector.length) };
      this.cache.add(toKey(piece, run.scan), block, search);
      await run.compare(piece.documentId, block);
    }
  }
}

/** One comparison of all candidates. */
class ScanRun {
  readonly best: BestChunks;
  private work = 0;

  constructor(readonly scan: ModelScan) {
    this.best = new BestChunks(scan.limit, scan.perDocument);
  }

  async compare(documentId: string, { chunkIds, vectors }: VectorBlock): Promise<void> {
    const { vector, signal } = this.scan;
    const size = vector.length;
    for (const [index, id] of chunkIds.entries()) {
      const score = dotProduct(vector, vectors, index * size);
      if (this.best.accepts(score)) this.best.add({ id, documentId, score });
    }
    this.work += vectors.length;
    if (this.work < SLICE) return;
    this.work = 0;
    await nextTurn();
    signal.throwIfAborted();
  }
}

function* toPieces(versions: readonly CandidateVersion[], dimensions: number): Generator<VersionPiece> {
  for (const { id, documentId, chunks, revision, dimensions: stored } of versions) {
    if (stored !== dimensions) continue;
    for (let piece = 0; piece * PIECE_CHUNKS < chunks; piece += 1) {
      const size = Math.min(PIECE_CHUNKS, chunks - piece * PIECE_CHUNKS);
      yield { versionId: id, documentId, revision, piece, size };
    }
  }
}

/** Groups pieces that are read with one query: many small documents, or a part of a large one. */
function* toLoads(pieces: readonly VersionPiece[], bytesPerVector: number): Generator<VersionPiece[]> {
  let load: VersionPiece[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    const more = piece.size * bytesPerVector;
    if (load.length > 0 && bytes + more > LOAD_BYTES) {
      yield load;
      load = [];
      bytes = 0;
    }
    load.push(piece);
    bytes += more;
  }
  if (load.length > 0) yield load;
}

function toKey({ versionId, revision, piece }: VersionPiece, { model, vector }: ModelScan): string {
  return `${versionId}/${revision}/${piece}/${vector.length}/${model}`;
}
