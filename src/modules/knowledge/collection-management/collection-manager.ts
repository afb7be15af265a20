import { Injectable } from '@nestjs/common';
import {
  PartitionRepository,
  type Place,
} from '@/modules/knowledge/access/persistence/partition.repository.js';
import { PlaceAuthorizer } from '@/modules/knowledge/access/place-authorizer.js';
import { CollectionDocuments } from '@/modules/knowledge/documents/collection-documents.js';
import { AuditLogService } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/index.js';
import { assertUnchanged } from '@/platform/validation/index.js';
import { CollectionFinder } from '../collections/collection-finder.js';
import {
  CollectionRepository,
  type CollectionRow,
} from '../collections/persistence/collection.repository.js';
import type {
  CollectionVisibility,
  CreateCollectionRequest,
  UpdateCollectionRequest,
} from './dto/collection.requests.js';
import { CollectionResponse } from './dto/collection.responses.js';

/** Writes collections. Every method runs in the transaction of the caller. */
@Injectable()
export class CollectionManager {
  constructor(
    private readonly collections: CollectionRepository,
    private readonly finder: CollectionFinder,
    private readonly places: PlaceAuthorizer,
    private readonly partitions: PartitionRepository,
    private readonly documents: CollectionDocuments,
    private readonly audit: AuditLogService,
  ) {}

  /** Throws what {@link PlaceAuthorizer.authorize} throws. */
  async create(actor: Actor, id: string, request: CreateCollectionRequest, now: Date): Promise<void> {
    const { name, visibility = 'private' } = request;
    const place = await this.places.authorize(actor, { ...request, visibility });
    const partition_id = await this.partitions.findOrInsert(place);
    await this.collections.insert({ id, partition_id, created_by: actor.userId, name, created_at: now });
    await this.record(actor, 'created', id, place);
  }

  /** Its documents get the new readers too. A change of nothing writes nothing. */
  async update(actor: Actor, id: string, request: UpdateCollectionRequest, now: Date): Promise<void> {
    const current = await this.finder.lockToManage(actor, id);
    assertUnchanged(request, CollectionResponse.from(current));
    const { name = current.name } = request;
    const target = await this.resolveTarget(actor, current, request);
    if (name === current.name && !target) return;
    const partition_id = target?.partitionId ?? current.partition_id;
    if (target) await this.documents.moveAll(actor, id, current, target, now);
    await this.collections.update(id, { name, partition_id }, now);
    await this.record(actor, 'updated', id, current);
    if (target && target.place.organization_id !== current.organization_id)
      await this.record(actor, 'created', id, target.place);
  }

  async delete(actor: Actor, id: string, documents: 'keep' | 'delete', now: Date): Promise<void> {
    const current = await this.finder.lockToManage(actor, id);
    await this.documents.removeAll(actor, id, documents, now);
    await this.collections.delete(id);
    await this.record(actor, 'deleted', id, current, { documents });
  }

  /** Returns null when the readers stay. */
  private async resolveTarget(
    actor: Actor,
    current: CollectionRow,
    request: UpdateCollectionRequest,
  ): Promise<{ place: Place; partitionId: string } | null> {
    const { visibility = current.visibility as CollectionVisibility } = request;
    const kept = visibility === current.visibility ? current : { organization_id: null, team_id: null };
    const { organization_id = kept.organization_id, team_id = kept.team_id } = request;
    const isSame =
      visibility === current.visibility &&
      organization_id === current.organization_id &&
      team_id === current.team_id;
    if (isSame) return null;
    const place = await this.places.authorize(actor, { visibility, organization_id, team_id });
    return { place, partitionId: await this.partitions.findOrInsert(place) };
  }

  private async record(
    actor: Actor,
    action: 'created' | 'updated' | 'deleted',
    id: string,
    { owner_id, organization_id: organizationId, visibility }: Place,
    details: Record<string, unknown> = {},
  ): Promise<void> {
    if (owner_id !== null || organizationId === null) return;
    await this.audit.record(actor, {
      organizationId,
      action: `collection.${action}`,
      target: { type: 'collection', id },
      details: { visibility, ...details },
    });
  }
}
