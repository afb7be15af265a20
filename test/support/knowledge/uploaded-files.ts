import { createHash } from 'node:crypto';
import { IngestionQueue } from '@/modules/knowledge/ingestion/ingestion-queue.js';
import { newId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { waitUntil } from '../app/server-process.js';
import type { TestApp } from '../app/test-app.js';

export interface UploadedFile {
  content: string | Buffer;
  title?: string;
  filename?: string;
  contentType?: string;
  /** Adds a version to this document. */
  documentId?: string;
}

export interface VersionRow {
  id: string;
  version: number;
  status: string;
  stage: string | null;
  progress_percent: number;
  error_code: string | null;
  error_message: string | null;
  warnings: string[];
  language: string | null;
  chunk_count: number;
  text_length: number;
}

const PART_BYTES = 256 * 1024;

/** Writes the rows of uploaded files, and queues them. */
export class UploadFixture {
  private readonly queue: IngestionQueue;
  private readonly unitOfWork: UnitOfWork;

  private constructor(
    private readonly app: TestApp,
    readonly ownerId: string,
  ) {
    this.queue = app.nest.get(IngestionQueue, { strict: false });
    this.unitOfWork = app.nest.get(UnitOfWork);
  }

  static async create(app: TestApp, { email }: { email: string }): Promise<UploadFixture> {
    const [user] = await app.sql<{ id: string }>('SELECT id FROM users WHERE email = $1', [email]);
    return new UploadFixture(app, user?.id ?? '');
  }

  /** Returns the ids of the document and of its new version. */
  async upload(file: UploadedFile): Promise<{ documentId: string; versionId: string }> {
    const versionId = newId();
    const documentId = await this.unitOfWork.run(async () => {
      const id =
        file.documentId === undefined
          ? await this.insertDocument(file)
          : await this.addVersion(file.documentId);
      await this.insertVersion(id, versionId, file);
      await this.queue.enqueue({ id: versionId, ownerKey: this.ownerId });
      return id;
    });
    return { documentId, versionId };
  }

  /** Waits until the latest version is ready or failed. */
  async waitForEnd(documentId: string, timeoutMs = 60_000): Promise<VersionRow> {
    let latest: VersionRow | undefined;
    await waitUntil(async () => {
      latest = (await this.versions(documentId)).at(-1);
      return latest?.status === 'ready' || latest?.status === 'failed';
    }, timeoutMs);
    return latest as VersionRow;
  }

  /** Returns the versions of a document, the oldest first. */
  versions(documentId: string): Promise<VersionRow[]> {
    return this.app.sql(
      `SELECT id, version, status, stage, progress_percent, error_code, error_message, warnings, language, chunk_count,
         text_length
       FROM knowledge_document_versions WHERE document_id = $1 ORDER BY version`,
      [documentId],
    );
  }

  async text(versionId: string): Promise<string> {
    const parts = await this.app.sql<{ data: Buffer }>(
      `SELECT data FROM knowledge_document_parts WHERE version_id = $1 AND kind = 'text' ORDER BY part`,
      [versionId],
    );
    return parts.map(({ data }) => data.toString()).join('');
  }

  /** Returns the chunks of all versions of a document. */
  chunks(
    documentId: string,
  ): Promise<{ content: string; version_id: string; start_offset: number; end_offset: number }[]> {
    return this.app.sql(
      `SELECT content, version_id, start_offset, end_offset FROM knowledge_chunks WHERE document_id = $1 ORDER BY ordinal`,
      [documentId],
    );
  }

  private async insertDocument({ title = 'notes.txt' }: UploadedFile): Promise<string> {
    const [id, partitionId] = [newId(), await this.findPartition()];
    await this.execute(
      `INSERT INTO knowledge_documents (id, partition_id, uploaded_by, title, metadata, version, created_at, updated_at)
       VALUES ($1, $2, $3, $4, '{}', 1, now(), now())`,
      [id, partitionId, this.ownerId, title],
    );
    return id;
  }

  private async findPartition(): Promise<string> {
    const [found] = await this.execute(
      `INSERT INTO knowledge_partitions (id, visibility, owner_id) VALUES ($1, 'private', $2)
       ON CONFLICT (owner_id, organization_id) WHERE visibility = 'private' DO UPDATE SET bytes = knowledge_partitions.bytes
       RETURNING id`,
      [newId(), this.ownerId],
    );
    return (found as { id: string }).id;
  }

  private async addVersion(id: string): Promise<string> {
    await this.execute(
      `DELETE FROM knowledge_document_versions v USING knowledge_documents d
       WHERE v.document_id = $1 AND d.id = $1 AND v.version IS DISTINCT FROM d.ready_version`,
      [id],
    );
    await this.execute('UPDATE knowledge_documents SET version = version + 1 WHERE id = $1', [id]);
    return id;
  }

  private async insertVersion(documentId: string, versionId: string, file: UploadedFile): Promise<void> {
    const { filename = 'notes.txt', contentType = 'text/plain' } = file;
    const bytes = Buffer.from(file.content);
    await this.execute(
      `INSERT INTO knowledge_document_versions (id, document_id, version, filename, content_type, size, sha256, status,
         progress_percent, warnings, chunk_count, text_length, created_at, updated_at)
       SELECT $1, id, version, $3, $4, $5, $6, 'queued', 0, '{}', 0, 0, now(), now() FROM knowledge_documents WHERE id = $2`,
      [
        versionId,
        documentId,
        filename,
        contentType,
        bytes.length,
        createHash('sha256').update(bytes).digest('hex'),
      ],
    );
    for (let part = 0; part * PART_BYTES < bytes.length; part += 1)
      await this.execute('INSERT INTO knowledge_document_parts VALUES ($1, $2, $3, $4)', [
        versionId,
        'original',
        part,
        bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES),
      ]);
  }

  private execute(text: string, values: unknown[]): Promise<unknown[]> {
    return this.unitOfWork.manager.query(text, values);
  }
}
