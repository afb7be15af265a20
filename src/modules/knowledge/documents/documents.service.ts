import { Injectable } from '@nestjs/common';
import { toKnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import { isInProgress } from '@/modules/knowledge/knowledge.rules.js';
import type { Actor } from '@/platform/access/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { toPage, windowById } from '@/platform/pagination/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { DocumentFinder } from './document-finder.js';
import { DocumentRemover } from './document-remover.js';
import { DocumentUpdater } from './document-updater.js';
import type { DocumentQuery, UpdateDocumentRequest } from './dto/document.requests.js';
import { DocumentResponse } from './dto/document.response.js';
import { DocumentListRepository } from './persistence/document-list.repository.js';

/** Lists, reads, changes and deletes documents. */
@Injectable()
export class DocumentsService {
  constructor(
    private readonly documents: DocumentListRepository,
    private readonly finder: DocumentFinder,
    private readonly updater: DocumentUpdater,
    private readonly remover: DocumentRemover,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async list(actor: Actor, query: DocumentQuery): Promise<DocumentResponse[]> {
    const window = windowById(query);
    const filters = {
      visibility: query.visibility ?? null,
      status: query.status ?? null,
      conversationId: query.conversation_id ?? null,
      collectionId: query.collection_id ?? null,
    };
    const rows = await this.documents.list(toKnowledgeReader(actor), filters, window);
    return toPage(window, rows, ({ id }) => id).map((row) => DocumentResponse.from(row));
  }

  /** Throws `document_not_found`. */
  async get(actor: Actor, id: string): Promise<DocumentResponse> {
    return DocumentResponse.from(await this.finder.find(toKnowledgeReader(actor), id));
  }

  /** See {@link DocumentUpdater.update}. */
  update(actor: Actor, id: string, request: UpdateDocumentRequest): Promise<DocumentResponse> {
    return this.unitOfWork.run(() => this.updater.update(actor, id, request, this.clock.now()));
  }

  /** Throws `document_not_found`, and `role_insufficient` for a shared document of another user without `documents.manage`. */
  async delete(actor: Actor, id: string): Promise<void> {
    const { status } = await this.finder.findToManage(actor, id);
    if (isInProgress(status)) await this.remover.stopIngestion(id);
    await this.unitOfWork.run(async () => {
      await this.finder.lockToManage(actor, id);
      await this.remover.remove(actor, [id]);
    });
  }
}
