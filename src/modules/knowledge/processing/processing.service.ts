import { Injectable } from '@nestjs/common';
import { toKnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import { DocumentFinder } from '@/modules/knowledge/documents/document-finder.js';
import { DocumentResponse } from '@/modules/knowledge/documents/dto/document.response.js';
import { DocumentRepository } from '@/modules/knowledge/documents/persistence/document.repository.js';
import { IngestionControl } from '@/modules/knowledge/ingestion/ingestion-control.js';
import type { DocumentStatus } from '@/modules/knowledge/knowledge.rules.js';
import type { Actor } from '@/platform/access/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { FrameSource } from '@/platform/sse/index.js';
import { DocumentEventSource, isOver, toEndId } from './document-event-source.js';
import { DocumentStateBroadcaster } from './document-state-broadcaster.js';
import { processingErrors } from './processing.errors.js';

/** Follows, cancels and retries the ingestion of documents. */
@Injectable()
export class ProcessingService {
  constructor(
    private readonly finder: DocumentFinder,
    private readonly documents: DocumentRepository,
    private readonly ingestion: IngestionControl,
    private readonly broadcaster: DocumentStateBroadcaster,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Cancels the ingestion of the latest version, which fails with `cancelled`. Throws `document_not_in_progress` when it is over.
   * Does not lock the document: the transaction that makes it ready holds that lock, and would delay the request.
   */
  async cancel(actor: Actor, id: string): Promise<DocumentResponse> {
    const { version_id: versionId } = await this.finder.findToManage(actor, id);
    if (!(await this.ingestion.cancel(versionId))) await this.refuse(actor, id, ['queued', 'processing']);
    return this.get(actor, id);
  }

  /** Ingests a failed version again. Throws `document_not_in_progress` when it has not failed. */
  async retry(actor: Actor, id: string): Promise<DocumentResponse> {
    const { version_id: versionId } = await this.finder.findToManage(actor, id);
    await this.unitOfWork.run(async () => {
      if (!(await this.ingestion.retry({ id: versionId, ownerKey: actor.userId })))
        await this.refuse(actor, id, ['failed']);
    });
    return this.get(actor, id);
  }

  /** Returns the states of a document from now on; null when the client has received the end already. */
  async follow(actor: Actor, id: string, after: number): Promise<FrameSource | null> {
    const reader = toKnowledgeReader(actor);
    const present = await this.finder.find(reader, id);
    if (isOver(present) && after === toEndId(present.version)) return null;
    const read = async () => (await this.documents.find(reader, id)) ?? undefined;
    const subscribe = (listener: () => void) => this.broadcaster.subscribe(present.id, listener);
    return new DocumentEventSource({ read, subscribe }, after);
  }

  private async get(actor: Actor, id: string): Promise<DocumentResponse> {
    return DocumentResponse.from(await this.finder.find(toKnowledgeReader(actor), id));
  }

  /** Throws `document_not_in_progress` with the present state of the document. */
  private async refuse(actor: Actor, id: string, requiredStatus: DocumentStatus[]): Promise<never> {
    const { status } = await this.finder.findFor(actor, id);
    throw processingErrors.document_not_in_progress({ data: { status, required_status: requiredStatus } });
  }
}
