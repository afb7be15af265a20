import { Injectable } from '@nestjs/common';
import type { Actor } from '@/platform/access/index.js';
import { FairQueue } from '@/platform/concurrency/index.js';
import { requestContext } from '@/platform/context/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { ReceivedFile } from '@/platform/uploads/index.js';
import { DocumentStorage } from './document-storage.js';
import { DocumentUpdater } from './document-updater.js';
import { DocumentWriter, type WriteResult } from './document-writer.js';
import type { CreateDocumentRequest, ReplaceDocumentRequest } from './dto/document.requests.js';
import { DocumentResponse } from './dto/document.response.js';

/** Bounds the files in memory, and the transactions that wait for another one of the same account. */
const WRITE_SHARES = {
  name: 'document_writes',
  concurrency: 4,
  concurrencyPerCaller: 1,
  maxWaiting: 200,
  maxWaitingPerCaller: 40,
  retryAfter: 5,
};

/** Receives files and texts as documents. */
@Injectable()
export class DocumentUploadService {
  private readonly queue = new FairQueue(WRITE_SHARES);

  constructor(
    private readonly storage: DocumentStorage,
    private readonly writer: DocumentWriter,
    private readonly updater: DocumentUpdater,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Answers 201, and 200 with the existing document for the same bytes in the same place. */
  create(
    actor: Actor,
    request: CreateDocumentRequest,
    upload: ReceivedFile | undefined,
  ): Promise<DocumentResponse> {
    return this.write(async () => {
      const file = await this.storage.identify(request, upload);
      return this.unitOfWork.run(() => this.writer.create(actor, request, file));
    });
  }

  /** The same bytes make no new version. */
  replace(
    actor: Actor,
    id: string,
    request: ReplaceDocumentRequest,
    upload: ReceivedFile | undefined,
  ): Promise<DocumentResponse> {
    return this.write(async () => {
      const file = await this.storage.identify(request, upload);
      await this.writer.stopReplaced(actor, id, file);
      return this.unitOfWork.run(async () => {
        await this.writer.lockAccountOf(actor, id);
        const { title } = request; // before the new version: it locks the statistics, and that the row of the partition
        if (title !== undefined) await this.updater.update(actor, id, { title }, this.clock.now());
        return this.writer.replace(actor, id, file);
      });
    });
  }

  private async write(work: () => Promise<WriteResult>): Promise<DocumentResponse> {
    const { document, outcome } = await this.queue.run(requestContext.caller, work);
    requestContext.setSuccessStatus(outcome === 'created' ? 201 : 200);
    if (outcome === 'existing') requestContext.setHeader('Idempotent-Replayed', 'true');
    return DocumentResponse.from(document);
  }
}
