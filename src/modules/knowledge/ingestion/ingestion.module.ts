import { Module, type OnModuleInit } from '@nestjs/common';
import { ChunksModule } from '@/modules/knowledge/chunks/chunks.module.js';
import { JobQueue } from '@/platform/jobs/index.js';
import { DocumentStatePublisher } from './document-state-publisher.js';
import { DocumentExtractor } from './extraction-process/document-extractor.service.js';
import { IngestionControl } from './ingestion-control.js';
import { IngestionMetrics } from './ingestion-metrics.js';
import { IngestionQueue } from './ingestion-queue.js';
import { IngestionRecoveryService } from './ingestion-recovery.service.js';
import { IngestionTracker } from './ingestion-tracker.js';
import { INGESTION_JOB } from './ingestion.rules.js';
import { IngestionService } from './ingestion.service.js';
import { IngestionRepository } from './persistence/ingestion.repository.js';
import { SharedDocumentRepository } from './persistence/shared-document.repository.js';
import { ReadyVersionWriter } from './ready-version-writer.js';

/** Makes uploaded files searchable, by jobs. */
@Module({
  imports: [ChunksModule],
  providers: [
    DocumentExtractor,
    DocumentStatePublisher,
    IngestionControl,
    IngestionMetrics,
    IngestionQueue,
    IngestionRecoveryService,
    IngestionRepository,
    IngestionService,
    IngestionTracker,
    ReadyVersionWriter,
    SharedDocumentRepository,
  ],
  exports: [IngestionControl, IngestionQueue],
})
export class IngestionModule implements OnModuleInit {
  constructor(
    private readonly jobs: JobQueue,
    private readonly ingestion: IngestionService,
  ) {}

  onModuleInit(): void {
    this.jobs.registerHandler(
      INGESTION_JOB,
      (payload, run) => this.ingestion.ingest((payload as { version_id: string }).version_id, run),
      'ingestion',
    );
  }
}
