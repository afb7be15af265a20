import { Injectable } from '@nestjs/common';
import { toKnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import type { Actor } from '@/platform/access/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import { toPage, windowById } from '@/platform/pagination/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { CollectionFinder } from '../collections/collection-finder.js';
import { CollectionRepository } from '../collections/persistence/collection.repository.js';
import { CollectionManager } from './collection-manager.js';
import { CollectionSynchronizer } from './collection-synchronizer.js';
import type {
  CollectionQuery,
  CreateCollectionRequest,
  DeleteCollectionQuery,
  SyncCollectionRequest,
  UpdateCollectionRequest,
} from './dto/collection.requests.js';
import { CollectionResponse, type CollectionSyncResponse } from './dto/collection.responses.js';

/** Creates, lists, reads, changes, deletes and synchronizes collections. */
@Injectable()
export class CollectionsService {
  constructor(
    private readonly collections: CollectionRepository,
    private readonly finder: CollectionFinder,
    private readonly manager: CollectionManager,
    private readonly synchronizer: CollectionSynchronizer,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async list(actor: Actor, query: CollectionQuery): Promise<CollectionResponse[]> {
    const window = windowById(query);
    const rows = await this.collections.list(toKnowledgeReader(actor), query.visibility ?? null, window);
    return toPage(window, rows, ({ id }) => id).map((row) => CollectionResponse.from(row));
  }

  create(actor: Actor, request: CreateCollectionRequest): Promise<CollectionResponse> {
    const id = newId();
    return this.unitOfWork.run(async () => {
      await this.manager.create(actor, id, request, this.clock.now());
      return this.get(actor, id);
    });
  }

  /** Throws `collection_not_found`. */
  async get(actor: Actor, id: string): Promise<CollectionResponse> {
    return CollectionResponse.from(await this.finder.find(toKnowledgeReader(actor), id));
  }

  update(actor: Actor, id: string, request: UpdateCollectionRequest): Promise<CollectionResponse> {
    return this.unitOfWork.run(async () => {
      await this.manager.update(actor, id, request, this.clock.now());
      return this.get(actor, id);
    });
  }

  async delete(actor: Actor, id: string, { documents }: DeleteCollectionQuery): Promise<void> {
    await this.unitOfWork.run(() => this.manager.delete(actor, id, documents, this.clock.now()));
  }

  sync(actor: Actor, id: string, request: SyncCollectionRequest): Promise<CollectionSyncResponse> {
    return this.unitOfWork.run(() => this.synchronizer.sync(actor, id, request));
  }
}
