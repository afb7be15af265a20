import { Module } from '@nestjs/common';
import { KnowledgeAccessModule } from '../access/knowledge-access.module.js';
import { CollectionLookupModule } from '../collections/collection-lookup.module.js';
import { DocumentsModule } from '../documents/documents.module.js';
import { CollectionManager } from './collection-manager.js';
import { CollectionSynchronizer } from './collection-synchronizer.js';
import { CollectionsController } from './collections.controller.js';
import { CollectionsService } from './collections.service.js';

/** Documents with a common name and the same readers. */
@Module({
  imports: [KnowledgeAccessModule, CollectionLookupModule, DocumentsModule],
  controllers: [CollectionsController],
  providers: [CollectionManager, CollectionSynchronizer, CollectionsService],
})
export class CollectionsModule {}
