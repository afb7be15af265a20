import { Injectable } from '@nestjs/common';
import { ChunkIndexService } from '@/modules/knowledge/chunks/chunk-index.service.js';
import type { Actor } from '@/platform/access/index.js';
import { DocumentAuditor } from './document-auditor.js';
import { DocumentStorage } from './document-storage.js';
import { DocumentRepository } from './persistence/document.repository.js';

/** Deletes documents that the actor may manage. */
@Injectable()
export class DocumentRemover {
  constructor(
    private readonly documents: DocumentRepository,
    private readonly chunks: ChunkIndexService,
    private readonly storage: DocumentStorage,
    private readonly auditor: DocumentAuditor,
  ) {}

  /** Call it before the transaction of {@link remove}, which then does not wait for an ingestion. */
  stopIngestion(id: string): Promise<void> {
    return this.storage.stopIngestion([id]);
  }

  /** Runs in the transaction of the caller. */
  async remove(actor: Actor, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const places = await this.documents.findPlaces(ids);
    await this.storage.stopIngestion(ids);
    await this.chunks.remove(ids);
    await this.documents.delete(ids);
    await this.auditor.recordEach(actor, 'deleted', places);
  }
}
