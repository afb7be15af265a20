import { Injectable } from '@nestjs/common';
import { type KnowledgeReader, toKnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import { PlaceAuthorizer } from '@/modules/knowledge/access/place-authorizer.js';
import { knowledgeErrors } from '@/modules/knowledge/knowledge.errors.js';
import type { Actor } from '@/platform/access/index.js';
import { CollectionRepository, type CollectionRow } from './persistence/collection.repository.js';

/** Finds collections that an actor may read. */
@Injectable()
export class CollectionFinder {
  constructor(
    private readonly collections: CollectionRepository,
    private readonly places: PlaceAuthorizer,
  ) {}

  /** Throws `collection_not_found`, also for a collection that the reader may not read. */
  async find(reader: KnowledgeReader, id: string): Promise<CollectionRow> {
    const row = await this.collections.find(reader, id);
    if (!row) throw knowledgeErrors.collection_not_found();
    return row;
  }

  /** Locks a collection against changes of its readers until the surrounding transaction ends. Throws `collection_not_found`. */
  async lockShared(actor: Actor, id: string): Promise<CollectionRow> {
    await this.collections.lockShared(id);
    return this.find(toKnowledgeReader(actor), id);
  }

  /**
   * Locks a collection until the surrounding transaction ends. Throws `collection_not_found`, and `role_insufficient` for a
   * shared collection of another user without `documents.manage`.
   */
  async lockToManage(actor: Actor, id: string): Promise<CollectionRow> {
    await this.collections.lock(id);
    const row = await this.find(toKnowledgeReader(actor), id);
    if (!row.manageable) await this.places.refuseManagement(actor, row);
    return row;
  }
}
