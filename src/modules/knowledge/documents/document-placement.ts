import { Injectable } from '@nestjs/common';
import {
  PartitionRepository,
  type Place,
} from '@/modules/knowledge/access/persistence/partition.repository.js';
import { PlaceAuthorizer, type PlaceRequest } from '@/modules/knowledge/access/place-authorizer.js';
import { CollectionFinder } from '@/modules/knowledge/collections/collection-finder.js';
import type { CollectionRow } from '@/modules/knowledge/collections/persistence/collection.repository.js';
import type { Actor } from '@/platform/access/index.js';
import { invalidField } from '@/platform/errors/index.js';

/** Where a document is: its readers and its collection. */
export interface DocumentPlace {
  place: Place;
  partitionId: string;
  collectionId: string | null;
}

export type DocumentPlaceRequest = Partial<PlaceRequest> & { collection_id?: string | null };

/** Finds the partition for a document. Runs in the transaction that writes the document. */
@Injectable()
export class DocumentPlacement {
  constructor(
    private readonly places: PlaceAuthorizer,
    private readonly partitions: PartitionRepository,
    private readonly collections: CollectionFinder,
  ) {}

  /**
   * Throws what {@link PlaceAuthorizer.authorize} throws, `collection_not_found`, and 400 for a visibility that is not the one
   * of the collection.
   */
  async resolve(actor: Actor, request: DocumentPlaceRequest): Promise<DocumentPlace> {
    if (request.collection_id != null) return this.inCollection(actor, request.collection_id, request);
    const place = await this.places.authorize(actor, {
      ...request,
      visibility: request.visibility ?? 'private',
    });
    return { place, partitionId: await this.partitions.findOrInsert(place), collectionId: null };
  }

  private async inCollection(
    actor: Actor,
    id: string,
    request: DocumentPlaceRequest,
  ): Promise<DocumentPlace> {
    const collection = await this.collections.lockShared(actor, id.toLowerCase());
    assertSamePlace(request, collection);
    if (collection.owner_id === null) await this.places.authorize(actor, toPlaceRequest(collection));
    return { place: collection, partitionId: collection.partition_id, collectionId: collection.id };
  }
}

/** Throws `team_not_found` for a collection of a deleted team: nothing can be added to it. */
function toPlaceRequest({ visibility, organization_id, team_id }: CollectionRow): PlaceRequest {
  return { visibility, organization_id, team_id };
}

function assertSamePlace(request: DocumentPlaceRequest, collection: CollectionRow): void {
  const fields = ['visibility', 'organization_id', 'team_id', 'conversation_id'] as const;
  for (const field of fields) {
    const requested = request[field];
    if (requested != null && requested.toLowerCase() !== collection[field])
      throw invalidField(field, 'collection', 'must be absent, or that of the collection');
  }
}
