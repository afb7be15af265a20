import { Module } from '@nestjs/common';
import { UsersModule } from '@/modules/users/index.js';
import { CollectionLookupModule } from '../collections/collection-lookup.module.js';
import { DocumentsModule } from '../documents/documents.module.js';
import { KnowledgeDataExport } from './knowledge-data-export.js';

/** Adds documents and collections to the data export of a user. */
@Module({
  imports: [CollectionLookupModule, DocumentsModule, UsersModule],
  providers: [KnowledgeDataExport],
})
export class KnowledgeDataExportModule {}
