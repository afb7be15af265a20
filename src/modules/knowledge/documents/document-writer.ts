import { Injectable } from '@nestjs/common';
import { toKnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import { isInProgress } from '@/modules/knowledge/knowledge.rules.js';
import type { Actor } from '@/platform/access/index.js';
import { invalidField } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import { DocumentAuditor } from './document-auditor.js';
import { DocumentFinder } from './document-finder.js';
import { type DocumentPlace, DocumentPlacement } from './document-placement.js';
import { DocumentStorage, type TypedFile } from './document-storage.js';
import { titleFromFilename } from './document.rules.js';
import type { CreateDocumentRequest } from './dto/document.requests.js';
import type { DocumentRow } from './persistence/document-sql.js';
import { DocumentRepository } from './persistence/document.repository.js';

/** `existing`: the document has these bytes already. */
export interface WriteResult {
  document: DocumentRow;
  outcome: 'created' | 'replaced' | 'existing';
}

/** Creates documents, and new versions of them. Every method runs in the transaction of the caller. */
@Injectable()
export class DocumentWriter {
  constructor(
    private readonly documents: DocumentRepository,
    private readonly finder: DocumentFinder,
    private readonly placement: DocumentPlacement,
    private readonly storage: DocumentStorage,
    private readonly auditor: DocumentAuditor,
    private readonly clock: Clock,
  ) {}

  /**
   * Creates a document. The same bytes in the same place are the existing document, and other bytes with the path of a document
   * are a new version of it.
   */
  async create(actor: Actor, request: CreateDocumentRequest, file: TypedFile): Promise<WriteResult> {
    const { path = null } = request;
    if (path !== null && request.collection_id == null)
      throw invalidField('path', 'collection', 'needs a collection_id');
    const target = await this.placement.resolve(actor, request);
    await this.storage.lockAccount(target.place);
    const { partitionId: partition_id, collectionId: collection_id } = target;
    const equalId = await this.documents.findEqual(file.content.sha256, {
      partition_id,
      collection_id,
      path,
    });
    if (equalId !== null) return this.reuse(actor, equalId);
    const idOfPath =
      path === null || collection_id === null ? null : await this.documents.findByPath(collection_id, path);
    if (idOfPath !== null) return this.replace(actor, idOfPath, file);
    const id = await this.insert(actor, request, file, target);
    return { document: await this.finder.find(toKnowledgeReader(actor), id), outcome: 'created' };
  }

  /**
   * Stops the ingestion that the file would replace. Call it before the transaction of {@link replace}, which then does not wait
   * for it. Throws what {@link DocumentFinder.findToManage} throws.
   */
  async stopReplaced(actor: Actor, id: string, { content }: TypedFile): Promise<void> {
    const { status, sha256 } = await this.finder.findToManage(actor, id);
    if (isInProgress(status) && sha256 !== content.sha256) await this.storage.stopIngestion([id]);
  }

  /** Locks the account of a document. Call it before a lock of the document, as `create` does. */
  async lockAccountOf(actor: Actor, id: string): Promise<void> {
    await this.storage.lockAccount(await this.finder.findFor(actor, id));
  }

  /**
   * Makes the file the latest version of a document, whose account the caller has locked. Throws what
   * {@link DocumentFinder.lockToManage} throws.
   */
  async replace(actor: Actor, id: string, file: TypedFile): Promise<WriteResult> {
    const current = await this.finder.lockToManage(actor, id);
    if (current.sha256 === file.content.sha256) return this.reuse(actor, id);
    await this.storage.dropPending(id);
    await this.storage.assertRoom(current, file.content.size);
    const now = this.clock.now();
    const version = await this.documents.advanceVersion(id, now);
    await this.storage.store({ document_id: id, version, created_at: now }, file, actor.userId);
    await this.auditor.record(actor, 'version_uploaded', id, current, { version });
    return { document: await this.finder.find(toKnowledgeReader(actor), id), outcome: 'replaced' };
  }

  /** A failed version is ingested again. */
  private async reuse(actor: Actor, id: string): Promise<WriteResult> {
    const reader = toKnowledgeReader(actor);
    const { version_id: versionId } = await this.finder.find(reader, id);
    await this.storage.retry(versionId, actor.userId);
    return { document: await this.finder.find(reader, id), outcome: 'existing' };
  }

  private async insert(
    actor: Actor,
    { title, path, metadata = {} }: CreateDocumentRequest,
    file: TypedFile,
    { place, partitionId: partition_id, collectionId: collection_id }: DocumentPlace,
  ): Promise<string> {
    await this.storage.assertRoom(place, file.content.size);
    const id = newId();
    const now = this.clock.now();
    await this.documents.insert({
      id,
      partition_id,
      uploaded_by: actor.userId,
      collection_id,
      path: path ?? null,
      title: title ?? titleFromFilename(file.content.filename),
      has_default_title: title === undefined,
      metadata,
      created_at: now,
    });
    await this.storage.store({ document_id: id, version: 1, created_at: now }, file, actor.userId);
    await this.auditor.record(actor, 'shared', id, place);
    return id;
  }
}
