import { Injectable } from '@nestjs/common';
import type { Place } from '@/modules/knowledge/access/persistence/partition.repository.js';
import { PlaceAuthorizer } from '@/modules/knowledge/access/place-authorizer.js';
import { ChunkIndexService } from '@/modules/knowledge/chunks/chunk-index.service.js';
import type { Actor } from '@/platform/access/index.js';
import { DocumentRemover } from './document-remover.js';
import { DocumentStorage } from './document-storage.js';
import {
  type CollectionDocument,
  CollectionDocumentsRepository,
} from './persistence/collection-documents.repository.js';

/** Changes all documents of a collection, which the actor may manage. Every method runs in the transaction of the caller. */
@Injectable()
export class CollectionDocuments {
  constructor(
    private readonly documents: CollectionDocumentsRepository,
    private readonly places: PlaceAuthorizer,
    private readonly chunks: ChunkIndexService,
    private readonly storage: DocumentStorage,
    private readonly remover: DocumentRemover,
  ) {}

  /** Moves the documents to another place. Throws `role_insufficient` when the actor may not manage each of them. */
  async moveAll(
    actor: Actor,
    collectionId: string,
    from: Place,
    { place, partitionId }: { place: Place; partitionId: string },
    now: Date,
  ): Promise<void> {
    await this.storage.lockAccount(place); // before documents, as uploads do
    const documents = await this.documents.lock(actor.userId, collectionId);
    if (documents.some(({ manageable }) => !manageable)) await this.places.refuseManagement(actor, from);
    const ids = documents.map(({ id }) => id);
    if (ids.length > 0) await this.chunks.move(ids, partitionId);
    const isTakenBack = from.owner_id === null && place.owner_id !== null;
    await this.documents.move(collectionId, partitionId, isTakenBack ? actor.userId : null, now);
    await this.storage.assertRoom(place, 0); // the bytes of the documents are counted already
  }

  /** Deletes the documents that the actor may manage when `documents` is `delete`. The others leave the collection. */
  async removeAll(
    actor: Actor,
    collectionId: string,
    documents: 'keep' | 'delete',
    now: Date,
  ): Promise<void> {
    const rows = await this.documents.lock(actor.userId, collectionId);
    if (documents === 'delete') await this.remove(actor, rows);
    await this.documents.detach(collectionId, now);
  }

  list(actor: Actor, collectionId: string): Promise<CollectionDocument[]> {
    return this.documents.list(actor.userId, collectionId);
  }

  lock(actor: Actor, collectionId: string): Promise<CollectionDocument[]> {
    return this.documents.lock(actor.userId, collectionId);
  }

  /** Deletes those documents that the actor may manage. */
  async remove(actor: Actor, documents: readonly CollectionDocument[]): Promise<void> {
    await this.remover.remove(
      actor,
      documents.filter(({ manageable }) => manageable).map(({ id }) => id),
    );
  }
}
