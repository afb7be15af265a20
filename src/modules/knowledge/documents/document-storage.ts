import { Injectable } from '@nestjs/common';
import {
  PartitionRepository,
  type Place,
} from '@/modules/knowledge/access/persistence/partition.repository.js';
import { CONTENT_TYPES } from '@/modules/knowledge/extraction/content-types.js';
import { detectDocumentType } from '@/modules/knowledge/extraction/detect-type.js';
import { IngestionQueue } from '@/modules/knowledge/ingestion/ingestion-queue.js';
import { knowledgeErrors } from '@/modules/knowledge/knowledge.errors.js';
import { Config } from '@/platform/config/index.js';
import { invalidField, platformErrors } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import { type ReceivedFile, TextFile } from '@/platform/uploads/index.js';
import { MAX_TEXT_BYTES } from './document.rules.js';
import { DocumentVersionRepository, type NewVersion } from './persistence/document-version.repository.js';

/** Bytes of a row with a piece of a file. */
const PIECE_SIZE = 256 * 1024;

/** A file whose type is known. */
export interface TypedFile {
  content: ReceivedFile;
  contentType: string;
}

interface ContentRequest {
  text?: string;
  title?: string;
  filename?: string;
}

/** Judges files, and stores them as versions of documents. */
@Injectable()
export class DocumentStorage {
  constructor(
    private readonly versions: DocumentVersionRepository,
    private readonly partitions: PartitionRepository,
    private readonly ingestion: IngestionQueue,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns the file of a request. Throws 400 when it has none, 413 `body_too_large` for a long text, and 415
   * `document_type_unsupported`.
   */
  async identify(request: ContentRequest, upload: ReceivedFile | undefined): Promise<TypedFile> {
    const content = upload ?? toTextFile(request);
    const pieces: Buffer[] = [];
    for await (const piece of content.pieces(PIECE_SIZE)) pieces.push(piece);
    const type = detectDocumentType(Buffer.concat(pieces), content.filename, content.statedType);
    if (!type) {
      const supported_types = Object.keys(CONTENT_TYPES);
      const message = `The file has none of the supported types: ${supported_types.join(', ')}.`;
      const data = { message, field: 'file', supported_types };
      throw knowledgeErrors.document_type_unsupported({ data });
    }
    return { content, contentType: CONTENT_TYPES[type] };
  }

  /** See {@link PartitionRepository.lockAccount}. */
  lockAccount(place: Place): Promise<void> {
    return this.partitions.lockAccount(place);
  }

  /** Throws 413 `storage_full` when the account of the place cannot have so many more bytes. It must be locked. */
  async assertRoom(place: Place, size: number): Promise<void> {
    const { maxBytesPerUser, maxBytesPerOrganization } = this.config.rag;
    const max_bytes = place.owner_id === null ? maxBytesPerOrganization : maxBytesPerUser;
    const used_bytes = await this.partitions.sumBytes(place);
    if (used_bytes + size > max_bytes)
      throw knowledgeErrors.storage_full({ data: { field: 'file', max_bytes, used_bytes } });
  }

  /** Stores the file as a version, and enqueues its ingestion. */
  async store(
    version: Pick<NewVersion, 'document_id' | 'version' | 'created_at'>,
    { content, contentType: content_type }: TypedFile,
    ownerKey: string,
  ): Promise<void> {
    const id = newId();
    const { filename, size, sha256 } = content;
    const row = { ...version, id, filename, content_type, size, sha256 };
    await this.versions.insert(row, content.pieces(PIECE_SIZE));
    await this.ingestion.enqueue({ id, ownerKey });
  }

  /** Deletes the version that readers do not find yet, and stops its ingestion. */
  async dropPending(documentId: string): Promise<void> {
    for (const id of await this.versions.deletePending(documentId)) await this.ingestion.stop(id);
  }

  /**
   * Stops the ingestion of documents that are deleted or replaced. Before the transaction that does it, it takes effect at once,
   * and in the transaction after its commit.
   */
  async stopIngestion(documentIds: readonly string[]): Promise<void> {
    for (const id of await this.versions.findUnfinished(documentIds)) await this.ingestion.stop(id);
  }

  /** Ingests a failed version again. */
  async retry(versionId: string, ownerKey: string): Promise<void> {
    if (await this.versions.requeue(versionId, this.clock.now()))
      await this.ingestion.enqueue({ id: versionId, ownerKey });
  }
}

function toTextFile({ text, title, filename }: ContentRequest): TextFile {
  if (text === undefined) throw invalidField('file', 'required', 'is required, or a text in JSON');
  const max_bytes = MAX_TEXT_BYTES;
  if (Buffer.byteLength(text) > max_bytes)
    throw platformErrors.body_too_large({
      data: { message: 'The text is too large. Upload it as a file.', field: 'text', max_bytes },
    });
  const name = filename ?? `${(title ?? 'document').replace(/[/\\]/g, '-').slice(0, 200)}.txt`;
  return new TextFile(text, name, 'text/plain');
}
