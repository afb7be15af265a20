import { Injectable } from '@nestjs/common';
import { type KnowledgeReader, toKnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import { PlaceAuthorizer } from '@/modules/knowledge/access/place-authorizer.js';
import { knowledgeErrors } from '@/modules/knowledge/knowledge.errors.js';
import type { Actor } from '@/platform/access/index.js';
import type { DocumentRow } from './persistence/document-sql.js';
import { DocumentRepository } from './persistence/document.repository.js';

/** Finds documents that an actor may read, or change. */
@Injectable()
export class DocumentFinder {
  constructor(
    private readonly documents: DocumentRepository,
    private readonly places: PlaceAuthorizer,
  ) {}

  /** Throws `document_not_found`, also for a document that the reader may not read. */
  async find(reader: KnowledgeReader, id: string): Promise<DocumentRow> {
    const row = await this.documents.find(reader, id);
    if (!row) throw knowledgeErrors.document_not_found();
    return row;
  }

  /** Like {@link lockToManage}, without a lock. */
  async findToManage(actor: Actor, id: string): Promise<DocumentRow> {
    const row = await this.find(toKnowledgeReader(actor), id);
    if (!row.manageable) await this.places.refuseManagement(actor, row);
    return row;
  }

  /** See `find`. */
  findFor(actor: Actor, id: string): Promise<DocumentRow> {
    return this.find(toKnowledgeReader(actor), id);
  }

  /**
   * Locks a document until the surrounding transaction ends. Throws `document_not_found`, and `role_insufficient` for a
   * shared document of another user without `documents.manage`.
   */
  async lockToManage(actor: Actor, id: string): Promise<DocumentRow> {
    await this.documents.lock(id);
    return this.findToManage(actor, id);
  }
}
