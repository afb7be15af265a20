import { Injectable } from '@nestjs/common';
import type { KnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import {
  forReader,
  type ReaderScopedStatement,
  scopeToReader,
} from '@/modules/knowledge/access/persistence/readable-partitions.js';
import { encodeVectors } from '@/modules/knowledge/embeddings/embedding-vector.js';
import { ChunkEmbedding } from '@/modules/knowledge/embeddings/persistence/chunk-embedding.entity.js';
import type { KnowledgeQuery } from '@/modules/knowledge/retrieval/retrieval.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { candidateParameters, CANDIDATES_SQL } from './candidates-sql.js';

export interface NearChunk {
  id: string;
  documentId: string;
  /** In Base64. */
  vector: string;
}

export interface NearChunksOptions {
  model: string;
  vector: Float32Array;
  limit: number;
  perDocument: number;
  timeoutMs: number;
}

const HAS_CANDIDATES = scopeToReader(
  'knowledge.pgvector.has_candidates',
  (readable) => `WITH readable AS MATERIALIZED (${readable}) SELECT 1 FROM ${CANDIDATES_SQL} LIMIT 1`,
);

/** A generic plan does not know which filters are absent: with many documents it takes a hundred times as long. */
const SET_LIMITS = {
  name: 'knowledge.pgvector.limits',
  text: `SELECT set_config('statement_timeout', $1, true), set_config('plan_cache_mode', 'force_custom_plan', true),
    set_config('jit', 'off', true)`,
};

/**
 * `$1` to `$10` candidates, `$11` vector, `$12` its dimensions, `$13` chunks of one document, `$14` limit. No approximate index
 * is used: with one, filters are applied to what it finds, and few rows or none are left. `schema` is quoted.
 */
const findNearest = (schema: string): ReaderScopedStatement =>
  scopeToReader(
    'knowledge.pgvector.nearest',
    (readable) => `WITH readable AS MATERIALIZED (${readable}), candidates AS MATERIALIZED (
        SELECT e.version_id, e.document_id FROM ${CANDIDATES_SQL} AND e.dimensions = $12::integer
      ), query AS MATERIALIZED (SELECT $11::real[]::${schema}.vector AS vector), best AS MATERIALIZED (
        SELECT n.chunk_id, v.document_id, n.score FROM query q CROSS JOIN candidates v CROSS JOIN LATERAL (
          SELECT e.chunk_id, ${schema}.inner_product(e.embedding::${schema}.vector, q.vector) AS score
          FROM knowledge_embeddings e
          WHERE e.version_id = v.version_id AND e.model = $5 AND cardinality(e.embedding) = $12
          ORDER BY score DESC, e.chunk_id DESC LIMIT $13
        ) n WHERE n.score > 0 ORDER BY n.score DESC, n.chunk_id DESC LIMIT $14
      )
      SELECT b.chunk_id AS id, b.document_id AS "documentId", encode(array_send(e.embedding), 'base64') AS vector
      FROM best b JOIN knowledge_embeddings e ON e.chunk_id = b.chunk_id
        AND e.model = $5 AND cardinality(e.embedding) = $12`,
  );

const FIND_EXTENSION = {
  name: 'knowledge.pgvector.extension',
  text: `SELECT quote_ident(n.nspname) AS schema, e.extversion AS version
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'vector'`,
};

const IS_AVAILABLE = {
  name: 'knowledge.pgvector.available',
  text: `SELECT 1 FROM pg_available_extensions WHERE name = 'vector'`,
};

/** Where pgvector is installed. */
export interface PgvectorExtension {
  /** Quoted. */
  schema: string;
  version: string;
}

/** Compares the stored vectors in the database, by the functions of pgvector. */
@Injectable()
export class PgvectorRepository extends RepositoryBase<ChunkEmbedding> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, ChunkEmbedding);
  }

  findExtension(): Promise<PgvectorExtension | undefined> {
    return this.one(FIND_EXTENSION, []);
  }

  /** Returns whether the server has the files of the extension. */
  isAvailable(): Promise<boolean> {
    return this.affectedOneRow(IS_AVAILABLE, []);
  }

  /** Throws when the role of the server may not create it. */
  async createExtension(): Promise<void> {
    await this.unitOfWork.pool.query('CREATE EXTENSION IF NOT EXISTS vector');
  }

  /** Throws when the statements of this repository cannot use the extension. */
  async probe({ schema }: PgvectorExtension): Promise<void> {
    const vector = `'{0.6,0.8}'::real[]::${schema}.vector`;
    await this.unitOfWork.pool.query(`SELECT ${schema}.inner_product(${vector}, ${vector})`);
  }

  /** Returns whether the reader may read any vector of the model that matches all filters. */
  hasCandidates(reader: KnowledgeReader, query: KnowledgeQuery, model: string): Promise<boolean> {
    return this.affectedOneRow(forReader(HAS_CANDIDATES, reader), candidateParameters(reader, query, model));
  }

  /**
   * Returns the chunks with the most similar vectors among all that the reader may read and that match the filters. The numbers
   * that pgvector computes have 32 bits, so the order of almost equal ones is left to the caller.
   */
  async findNearest(
    schema: string,
    reader: KnowledgeReader,
    query: KnowledgeQuery,
    { model, vector, limit, perDocument, timeoutMs }: NearChunksOptions,
  ): Promise<NearChunk[]> {
    const values = [
      ...candidateParameters(reader, query, model),
      encodeVectors([vector]),
      vector.length,
      perDocument,
      limit,
    ];
    return this.unitOfWork.runDetached(async () => {
      await this.query(SET_LIMITS, [String(timeoutMs)]);
      return this.query<NearChunk>(forReader(findNearest(schema), reader), values);
    });
  }
}
