import { Injectable } from '@nestjs/common';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { encodeVectors } from '../embedding-vector.js';
import { ChunkEmbedding } from './chunk-embedding.entity.js';

export interface ChunkText {
  id: string;
  ordinal: number;
  /** Title, headings and content. */
  text: string;
  /** The hash of title and headings. */
  contextKey: string;
}

export interface StoredVector {
  chunkId: string;
  contextKey: string;
  embedding: Float32Array;
}

/** A version that readers find. */
const IS_READABLE = `knowledge_documents d JOIN knowledge_document_versions v
    ON v.document_id = d.id AND v.version = d.ready_version`;

const CONTEXT_KEY = 'md5(c.context)::uuid';

/**
 * Returns whether the version is found by readers, and vectors of the model `$2` are missing or outdated. Ends the use of those
 * of another model.
 */
const BEGIN = {
  name: 'embeddings.begin',
  text: `WITH outdated AS (DELETE FROM knowledge_embedded_versions WHERE version_id = $1 AND model <> $2)
    SELECT 1 FROM ${IS_READABLE} WHERE v.id = $1 AND NOT EXISTS (
      SELECT FROM knowledge_embedded_versions e WHERE e.version_id = v.id AND e.model = $2 AND NOT e.outdated)`,
};

/** `$1` version, `$2` model, `$3` ordinal of the last chunk that was read. */
const READ_TEXTS = {
  name: 'embeddings.read_texts',
  text: `SELECT c.id, c.ordinal, concat_ws(E'\\n', c.context, c.content) AS text, ${CONTEXT_KEY} AS "contextKey"
    FROM knowledge_chunks c WHERE c.version_id = $1 AND c.ordinal > $3 AND NOT EXISTS (
      SELECT FROM knowledge_embeddings e WHERE e.chunk_id = c.id AND e.model = $2 AND e.context_key = ${CONTEXT_KEY})
    ORDER BY c.ordinal LIMIT $4`,
};

/**
 * `$2` the vectors, one after the other, `$5` and `$6` where each begins and ends. Leaves out chunks that were deleted before, as
 * the document has another version, and those with another title now.
 */
const STORE = {
  name: 'embeddings.store',
  text: `INSERT INTO knowledge_embeddings (chunk_id, version_id, model, embedding, context_key)
    SELECT c.id, c.version_id, $3, ($2::real[])[u.first:u.last], u.context_key
    FROM unnest($1::uuid[], $4::uuid[], $5::integer[], $6::integer[]) u (id, context_key, first, last)
    JOIN knowledge_chunks c ON c.id = u.id AND ${CONTEXT_KEY} = u.context_key FOR KEY SHARE OF c
    ON CONFLICT (chunk_id) DO UPDATE
      SET model = excluded.model, embedding = excluded.embedding, context_key = excluded.context_key`,
};

/** With the next revision, processes stop using the vectors that they have in memory. */
const DELETE = {
  name: 'embeddings.delete',
  text: `WITH deleted AS (DELETE FROM knowledge_embeddings WHERE chunk_id = ANY($1::uuid[]) RETURNING chunk_id)
    UPDATE knowledge_embedded_versions SET revision = revision + 1
    WHERE version_id IN (SELECT c.version_id FROM deleted JOIN knowledge_chunks c ON c.id = deleted.chunk_id)`,
};

/** The title of a locked document does not change: what is counted after it holds until the end of the transaction. */
const LOCK_DOCUMENT = {
  name: 'embeddings.lock_document',
  text: `SELECT d.id FROM knowledge_documents d
    WHERE d.id = (SELECT v.document_id FROM knowledge_document_versions v WHERE v.id = $1) FOR SHARE`,
};

/** All vectors of a model have one size; `max` only names it. */
const FINISH = {
  name: 'embeddings.finish',
  text: `INSERT INTO knowledge_embedded_versions (version_id, document_id, model, dimensions, chunks, outdated)
    SELECT v.id, v.document_id, $2, found.dimensions, found.chunks, found.outdated
    FROM ${IS_READABLE} CROSS JOIN LATERAL (
      SELECT max(cardinality(e.embedding)) AS dimensions, (max(c.ordinal) + 1)::integer AS chunks,
        coalesce(bool_or(e.context_key IS DISTINCT FROM ${CONTEXT_KEY}) FILTER (WHERE e.chunk_id IS NOT NULL), false) AS outdated
      FROM knowledge_chunks c LEFT JOIN knowledge_embeddings e ON e.chunk_id = c.id AND e.model = $2
      WHERE c.version_id = v.id
    ) found
    WHERE v.id = $1 AND found.dimensions > 0
    ON CONFLICT (version_id) DO UPDATE
      SET model = excluded.model, dimensions = excluded.dimensions, chunks = excluded.chunks,
        outdated = excluded.outdated, revision = knowledge_embedded_versions.revision + 1
    RETURNING 1`,
};

const MARK_OUTDATED = {
  name: 'embeddings.mark_outdated',
  text: 'UPDATE knowledge_embedded_versions SET outdated = true WHERE document_id = $1 AND NOT outdated',
};

const FIND_READABLE = {
  name: 'embeddings.find_readable',
  text: `SELECT ready_version_id AS id, partition_id AS "partitionId" FROM knowledge_documents
    WHERE id = $1 AND ready_version_id IS NOT NULL`,
};

/** `$1` model, `$2` version after which the search goes on, `$3` limit. */
const FIND_MISSING = {
  name: 'embeddings.find_missing',
  text: `SELECT v.id FROM ${IS_READABLE} WHERE v.id > $2 AND v.chunk_count > 0 AND NOT EXISTS (
      SELECT FROM knowledge_embedded_versions e WHERE e.version_id = v.id AND e.model = $1 AND NOT e.outdated)
    ORDER BY v.id LIMIT $3`,
};

/** Stores the vectors of versions. Processes them by their ids, on behalf of no reader. */
@Injectable()
export class EmbeddingRepository extends RepositoryBase<ChunkEmbedding> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, ChunkEmbedding);
  }

  /** Returns false when the version has its vectors, of its present title, or is not the one that readers find. */
  begin(versionId: string, model: string): Promise<boolean> {
    return this.affectedOneRow(BEGIN, [versionId, model]);
  }

  /** Returns the next chunks without a vector of their present title, in the order of the document. */
  readTexts(versionId: string, model: string, after: number, limit: number): Promise<ChunkText[]> {
    return this.query(READ_TEXTS, [versionId, model, after, limit]);
  }

  async store(model: string, vectors: readonly StoredVector[]): Promise<void> {
    const ids = vectors.map(({ chunkId }) => chunkId);
    const keys = vectors.map(({ contextKey }) => contextKey);
    let end = 0;
    const ends = vectors.map(({ embedding }) => (end += embedding.length));
    const starts = vectors.map(({ embedding }, index) => (ends[index] ?? 0) - embedding.length + 1);
    const values = encodeVectors(vectors.map(({ embedding }) => embedding));
    await this.query(STORE, [ids, values, model, keys, starts, ends]);
  }

  /** Deletes the vectors of chunks for whose present text the model has none. */
  async delete(chunkIds: readonly string[]): Promise<void> {
    await this.query(DELETE, [chunkIds]);
  }

  /** Lets searches use the vectors. Returns false when the version has none, or is not the one that readers find any more. */
  finish(versionId: string, model: string): Promise<boolean> {
    return this.unitOfWork.run(async () => {
      await this.query(LOCK_DOCUMENT, [versionId]);
      return this.affectedOneRow(FINISH, [versionId, model]);
    });
  }

  /** Marks the vectors of a document whose title has changed. */
  async markOutdated(documentId: string): Promise<void> {
    await this.query(MARK_OUTDATED, [documentId]);
  }

  /** Returns the version of a document that readers find, and its partition. */
  findReadable(documentId: string): Promise<{ id: string; partitionId: string } | undefined> {
    return this.one(FIND_READABLE, [documentId]);
  }

  /** Returns versions that readers find and whose vectors of the model are missing or outdated, in the order of their ids. */
  async findMissing(model: string, after: string, limit: number): Promise<string[]> {
    return (await this.query<{ id: string }>(FIND_MISSING, [model, after, limit])).map(({ id }) => id);
  }
}
