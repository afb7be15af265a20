import { Injectable } from '@nestjs/common';
import type { Place } from '@/modules/knowledge/access/persistence/partition.repository.js';
import { ChunkIndexService } from '@/modules/knowledge/chunks/chunk-index.service.js';
import type { Actor } from '@/platform/access/index.js';
import { invalidField } from '@/platform/errors/index.js';
import { changedFields } from '@/platform/kernel/changed-fields.js';
import { assertUnchanged } from '@/platform/validation/index.js';
import { DocumentAuditor } from './document-auditor.js';
import { DocumentFinder } from './document-finder.js';
import { type DocumentPlace, DocumentPlacement } from './document-placement.js';
import { DocumentStorage } from './document-storage.js';
import type { UpdateDocumentRequest } from './dto/document.requests.js';
import { DocumentResponse } from './dto/document.response.js';
import type { DocumentRow } from './persistence/document-sql.js';
import { type DocumentChanges, DocumentRepository } from './persistence/document.repository.js';

/** Changes documents. Runs in the transaction of the caller. */
@Injectable()
export class DocumentUpdater {
  constructor(
    private readonly documents: DocumentRepository,
    private readonly finder: DocumentFinder,
    private readonly placement: DocumentPlacement,
    private readonly storage: DocumentStorage,
    private readonly chunks: ChunkIndexService,
    private readonly auditor: DocumentAuditor,
  ) {}

  /** A change of nothing writes nothing. Throws `field_read_only`, and what finding and placing a document throws. */
  async update(
    actor: Actor,
    id: string,
    request: UpdateDocumentRequest,
    now: Date,
  ): Promise<DocumentResponse> {
    if (MOVING_FIELDS.some((field) => request[field] !== undefined))
      await this.lockTargetAccount(actor, id, request);
    const current = await this.finder.lockToManage(actor, id);
    assertUnchanged(request, DocumentResponse.from(current));
    const target = await this.resolveTarget(actor, current, request);
    const { title, metadata } = request;
    const changes = changedFields<DocumentChanges>(current, {
      title,
      has_default_title: title === undefined || title === current.title ? undefined : false,
      metadata,
      partition_id: target.partitionId,
      collection_id: target.collectionId,
      path: pathIn(target, current),
    });
    if (Object.keys(changes).length > 0) await this.apply(actor, current, changes, target.place, now);
    return DocumentResponse.from(await this.finder.findFor(actor, id));
  }

  /** Uploads lock the account before a document and its partition, so a move does too. */
  private async lockTargetAccount(actor: Actor, id: string, request: UpdateDocumentRequest): Promise<void> {
    const current = await this.finder.findToManage(actor, id);
    assertUnchanged(request, DocumentResponse.from(current));
    const { place } = await this.resolveTarget(actor, current, request);
    await this.storage.lockAccount(place);
  }

  private async apply(
    actor: Actor,
    current: DocumentRow,
    changes: Partial<DocumentChanges>,
    place: Place,
    now: Date,
  ): Promise<void> {
    const { id } = current;
    const isTakenBack = current.owner_id === null && place.owner_id !== null;
    if (changes.partition_id !== undefined) await this.chunks.move([id], changes.partition_id);
    const uploaded_by = isTakenBack ? actor.userId : current.uploaded_by;
    await this.documents.update(id, { ...current, ...changes, uploaded_by }, now);
    if (changes.title !== undefined) await this.chunks.retitle(id);
    if (changes.partition_id !== undefined) {
      await this.storage.lockAccount(place);
      await this.storage.assertRoom(place, 0); // the bytes of the document are counted already
    }
    await this.audit(
      actor,
      current,
      place,
      Object.keys(changes).filter((field) => field !== 'has_default_title'),
    );
  }

  private async audit(actor: Actor, current: DocumentRow, place: Place, fields: string[]): Promise<void> {
    const isSameAccount =
      (current.owner_id === null) === (place.owner_id === null) &&
      current.organization_id === place.organization_id;
    if (isSameAccount) return this.auditor.record(actor, 'updated', current.id, place, { fields });
    await this.auditor.record(actor, 'unshared', current.id, current);
    await this.auditor.record(actor, 'shared', current.id, place);
  }

  /** Returns where the document is after the request. Only another place is authorized. */
  private async resolveTarget(
    actor: Actor,
    current: DocumentRow,
    request: UpdateDocumentRequest,
  ): Promise<DocumentPlace> {
    const { collection_id = current.collection_id } = request;
    const collectionId = collection_id?.toLowerCase() ?? null;
    const requested = mergePlace(current, request);
    const changedField = PLACE_FIELDS.find((field) => (requested[field] ?? null) !== current[field]);
    if (collectionId !== null && collectionId !== current.collection_id)
      return this.placement.resolve(actor, { ...request, collection_id: collectionId });
    if (changedField === undefined)
      return { place: current, partitionId: current.partition_id, collectionId };
    if (collectionId !== null)
      throw invalidField(changedField, 'collection', 'must be that of the collection of the document');
    return this.placement.resolve(actor, { ...requested, collection_id: null });
  }
}

const MOVING_FIELDS = [
  'visibility',
  'organization_id',
  'team_id',
  'conversation_id',
  'collection_id',
] as const;
const PLACE_FIELDS = ['visibility', 'organization_id', 'team_id', 'conversation_id'] as const;
type PlaceFields = Pick<Place, (typeof PLACE_FIELDS)[number]>;

/** Another visibility needs its own ids; else an absent id keeps its value. */
function mergePlace(current: PlaceFields, request: UpdateDocumentRequest): PlaceFields {
  const { visibility = current.visibility } = request;
  const kept = visibility === current.visibility ? current : null;
  const merge = (field: 'organization_id' | 'team_id' | 'conversation_id'): string | null => {
    const requested = request[field];
    return requested === undefined ? (kept?.[field] ?? null) : (requested?.toLowerCase() ?? null);
  };
  return {
    visibility,
    organization_id: merge('organization_id') as Place['organization_id'],
    team_id: merge('team_id'),
    conversation_id: merge('conversation_id'),
  };
}

/** A path is the name of a file in its collection. */
function pathIn({ collectionId }: DocumentPlace, { path }: DocumentRow): string | null {
  return collectionId === null ? null : path;
}
