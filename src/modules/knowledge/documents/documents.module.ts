import { Module } from '@nestjs/common';
import { KnowledgeAccessModule } from '../access/knowledge-access.module.js';
import { ChunksModule } from '../chunks/chunks.module.js';
import { CollectionLookupModule } from '../collections/collection-lookup.module.js';
import { IngestionModule } from '../ingestion/ingestion.module.js';
import { CollectionDocuments } from './collection-documents.js';
import { DepartedUploaders } from './departed-uploaders.js';
import { DocumentAuditor } from './document-auditor.js';
import { DocumentContentController } from './document-content.controller.js';
import { DocumentContentService } from './document-content.service.js';
import { DocumentFinder } from './document-finder.js';
import { DocumentPlacement } from './document-placement.js';
import { DocumentRemover } from './document-remover.js';
import { DocumentStorage } from './document-storage.js';
import { DocumentUpdater } from './document-updater.js';
import { DocumentUploadService } from './document-upload.service.js';
import { DocumentWriter } from './document-writer.js';
import { DocumentsController } from './documents.controller.js';
import { DocumentsService } from './documents.service.js';
import { CollectionDocumentsRepository } from './persistence/collection-documents.repository.js';
import { DocumentChunkRepository } from './persistence/document-chunk.repository.js';
import { DocumentContentRepository } from './persistence/document-content.repository.js';
import { DocumentListRepository } from './persistence/document-list.repository.js';
import { DocumentVersionRepository } from './persistence/document-version.repository.js';
import { DocumentRepository } from './persistence/document.repository.js';
import { PersonalDocumentRepository } from './persistence/personal-document.repository.js';
import { UploaderRepository } from './persistence/uploader.repository.js';

/** Uploaded documents and their versions. */
@Module({
  imports: [KnowledgeAccessModule, ChunksModule, CollectionLookupModule, IngestionModule],
  controllers: [DocumentsController, DocumentContentController],
  providers: [
    DocumentRepository,
    DocumentListRepository,
    DocumentVersionRepository,
    DocumentContentRepository,
    DocumentChunkRepository,
    DocumentFinder,
    DocumentPlacement,
    DocumentStorage,
    DocumentAuditor,
    DocumentWriter,
    DocumentUpdater,
    DocumentRemover,
    CollectionDocumentsRepository,
    CollectionDocuments,
    UploaderRepository,
    DepartedUploaders,
    PersonalDocumentRepository,
    DocumentUploadService,
    DocumentsService,
    DocumentContentService,
  ],
  exports: [
    PersonalDocumentRepository,
    CollectionDocuments,
    DocumentFinder,
    DocumentRepository,
    DocumentRemover,
    DocumentStorage,
    DocumentContentRepository,
  ],
})
export class DocumentsModule {}
