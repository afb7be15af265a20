import { ChunkIndexService } from '@/modules/knowledge/chunks/chunk-index.service.js';
import { type NewChunk, toChunkContext } from '@/modules/knowledge/chunks/chunks.rules.js';
import type { Visibility } from '@/modules/knowledge/knowledge.rules.js';
import { newId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { TestApp } from '../app/test-app.js';

export interface GivenPartition {
  visibility?: Visibility;
  ownerId?: string;
  organizationId?: string;
  teamId?: string;
  conversationId?: string;
}

export interface GivenDocument {
  partitionId: string;
  title?: string;
  language?: string | null;
  metadata?: Record<string, unknown>;
  collectionId?: string;
  createdAt?: string;
  chunks: string[];
  headingPath?: string[];
}

export function toChunks(title: string, contents: string[], headingPath: string[] = []): NewChunk[] {
  let start = 0;
  return contents.map((content, ordinal) => {
    const end = start + content.length;
    const chunk = {
      ordinal,
      start,
      end,
      parentStart: start,
      parentEnd: end,
      page: ordinal + 1,
      headingPath,
      context: toChunkContext(title, headingPath),
      content,
    };
    start = end + 1;
    return chunk;
  });
}

export interface StagedDocument {
  documentId: string;
  versionId: string;
  version: number;
  chunkCount: number;
}

/** Writes documents as the ingestion does, without files. */
export class DocumentFixture {
  readonly index: ChunkIndexService;
  private readonly unitOfWork: UnitOfWork;

  constructor(private readonly app: TestApp) {
    this.index = app.nest.get(ChunkIndexService, { strict: false });
    this.unitOfWork = app.nest.get(UnitOfWork);
  }

  async partition(given: GivenPartition): Promise<string> {
    const { visibility = 'private', ownerId, organizationId, teamId, conversationId } = given;
    const id = newId();
    await this.app.sql(
      `INSERT INTO knowledge_partitions (id, visibility, owner_id, organization_id, team_id, conversation_id)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, visibility, ownerId ?? null, organizationId ?? null, teamId ?? null, conversationId ?? null],
    );
    return id;
  }

  async collection(partitionId: string): Promise<string> {
    const id = newId();
    await this.app.sql(
      `INSERT INTO knowledge_collections (id, partition_id, name, created_at, updated_at)
       VALUES ($1, $2, 'Handbooks', now(), now())`,
      [id, partitionId],
    );
    return id;
  }

  /** Returns the id of a document that is ready. */
  async document(given: GivenDocument): Promise<string> {
    const { partitionId, title = 'Handbook', metadata = {}, collectionId, createdAt } = given;
    const id = newId();
    await this.execute(
      `INSERT INTO knowledge_documents
         (id, partition_id, collection_id, title, metadata, version, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, 1, coalesce($6::timestamptz, now()), now())`,
      [id, partitionId, collectionId ?? null, title, metadata, createdAt ?? null],
    );
    await this.replace(id, 1, given);
    return id;
  }

  /** Makes another version of a document ready. As in the ingestion, it is inserted in another transaction. */
  async replace(documentId: string, version: number, given: GivenDocument): Promise<void> {
    await this.publish(await this.stage(documentId, version, given), given.partitionId);
  }

  async move(documentId: string, partitionId: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      await this.index.move([documentId], partitionId);
      await this.execute('UPDATE knowledge_documents SET partition_id = $2 WHERE id = $1', [
        documentId,
        partitionId,
      ]);
    });
  }

  async retitle(documentId: string, title: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      await this.execute('UPDATE knowledge_documents SET title = $2 WHERE id = $1', [documentId, title]);
      await this.index.retitle(documentId);
    });
  }

  async delete(documentId: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      await this.index.remove([documentId]);
      await this.execute('DELETE FROM knowledge_documents WHERE id = $1', [documentId]);
    });
  }

  /** Inserts the chunks of another version, which readers do not find yet. */
  async stage(documentId: string, version: number, given: GivenDocument): Promise<StagedDocument> {
    const { title = 'Handbook', language = 'en', chunks, headingPath } = given;
    const chunkCount = chunks.length;
    const versionId = newId();
    await this.execute('UPDATE knowledge_documents SET version = $2 WHERE id = $1', [documentId, version]);
    await this.execute(
      `INSERT INTO knowledge_document_versions (id, document_id, version, filename, content_type, size, sha256, status,
         progress_percent, warnings, language, chunk_count, text_length, created_at, updated_at)
       VALUES ($1, $2, $3, 'handbook.md', 'text/markdown', 100, 'sha', 'processing', 100, '{}', $4, $5, 100, now(), now())`,
      [versionId, documentId, version, language, chunkCount],
    );
    await this.index.stage({ versionId, language }, toChunks(title, chunks, headingPath));
    return { documentId, versionId, version, chunkCount };
  }

  /** Lets readers find the chunks of a version, and deletes the older ones. */
  async publish(staged: StagedDocument, partitionId: string): Promise<void> {
    const { documentId: id, versionId, version, chunkCount } = staged;
    await this.unitOfWork.run(async () => {
      await this.execute('SELECT FROM knowledge_documents WHERE id = $1 FOR NO KEY UPDATE', [id]);
      await this.index.replace({ id, versionId, partitionId, chunkCount });
      await this.execute(
        `WITH ready AS (UPDATE knowledge_document_versions SET status = 'ready' WHERE id = $2)
         UPDATE knowledge_documents SET ready_version = $3, ready_version_id = $2 WHERE id = $1`,
        [id, versionId, version],
      );
      await this.execute('DELETE FROM knowledge_document_versions WHERE document_id = $1 AND version < $2', [
        id,
        version,
      ]);
    });
  }

  private execute(text: string, values: unknown[]): Promise<unknown> {
    return this.unitOfWork.manager.query(text, values);
  }
}
