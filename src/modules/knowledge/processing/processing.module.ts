import { Module } from '@nestjs/common';
import { DocumentsModule } from '@/modules/knowledge/documents/documents.module.js';
import { IngestionModule } from '@/modules/knowledge/ingestion/ingestion.module.js';
import { DocumentStateBroadcaster } from './document-state-broadcaster.js';
import { ProcessingController } from './processing.controller.js';
import { ProcessingService } from './processing.service.js';

/** Lets clients follow, cancel and retry the ingestion of their documents. */
@Module({
  imports: [DocumentsModule, IngestionModule],
  controllers: [ProcessingController],
  providers: [DocumentStateBroadcaster, ProcessingService],
})
export class ProcessingModule {}
