import { Injectable } from '@nestjs/common';
import type { KnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import { forReader, scopeToReader } from '@/modules/knowledge/access/persistence/readable-partitions.js';
import { ChunkEmbedding } from '@/modules/knowledge/embeddings/persistence/chunk-embedding.entity.js';
import type { KnowledgeQuery } from '@/modules/knowledge/retrieval/retrieval.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { candidateParameters, CANDIDATES_SQL } from './candidates-sql.js';

/** A version with vectors that a search compares. */
export interface CandidateVersion {
  id: string;
  documentId: string;
  dimensions: number;
  chunks: number;
  /** Another number means other vectors. */
  revision: number;
}

/** A range of the chunks of a version: those whose position divided by PIECE_CHUNKS is `piece`. */
export interface VersionPiece {
  versionId: string;
  documentId: string;
  revision: number;
  piece: number;
  /** Number of chunks. */
  size: number;
}

export interface PieceRow {
  version_id: string;
  piece: number;
  chunk_ids: string[];
  /** In Base64. */
  vectors: string;
}

export const PIECE_CHUNKS = 128;

/** `$4` searched visibilities, `$5` model, `$6` to `$10` filters. */
const FIND_CANDIDATES = scopeToReader(
  'knowledge.vectors.candidates',
  (readable) => `WITH readable AS MATERIALIZED (${readable})
    SELECT e.version_id AS id, e.document_id AS "documentId", e.dimensions, e.chunks, e.revision
    FROM ${CANDIDATES_SQL}`,
);

/**
 * `$1` versions, `$2` pieces, `$3` model, `$4` dimensions. Vectors are sent as Base64, which is decoded many times faster than
 * the hexadecimal form of bytea.
 */
const LOAD = {
  name: 'knowledge.vectors.load',
  text: `SELECT p.version_id, p.piece, array_agg(c.id ORDER BY c.ordinal) AS chunk_ids,
      encode(string_agg(array_send(e.embedding), ''::bytea ORDER BY c.ordinal), 'base64') AS vectors
    FROM unnest($1::uuid[], $2::integer[]) p (version_id, piece)
    JOIN knowledge_embedded_versions v ON v.version_id = p.version_id AND v.model = $3
    JOIN knowledge_chunks c ON c.document_id = v.document_id AND c.version_id = v.version_id
      AND c.ordinal >= p.piece * ${PIECE_CHUNKS} AND c.ordinal < (p.piece + 1) * ${PIECE_CHUNKS}
    JOIN knowledge_embeddings e ON e.chunk_id = c.id AND e.model = $3 AND cardinality(e.embedding) = $4
    GROUP BY 1, 2`,
};

/** Reads vectors. */
@Injectable()
export class VectorRepository extends RepositoryBase<ChunkEmbedding> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, ChunkEmbedding);
  }

  /** Returns the versions that the reader may read now and that match all filters. */
  findCandidates(reader: KnowledgeReader, query: KnowledgeQuery, model: string): Promise<CandidateVersion[]> {
    return this.query(forReader(FIND_CANDIDATES, reader), candidateParameters(reader, query, model));
  }

  /** Returns the vectors of {@link findCandidates}. Of a version that was replaced since, it returns none. */
  load(pieces: readonly VersionPiece[], model: string, dimensions: number): Promise<PieceRow[]> {
    const versions = pieces.map(({ versionId }) => versionId);
    const numbers = pieces.map(({ piece }) => piece);
    return this.query(LOAD, [versions, numbers, model, dimensions]);
  }
}
