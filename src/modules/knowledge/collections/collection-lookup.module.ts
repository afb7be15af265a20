import { Module } from '@nestjs/common';
import { KnowledgeAccessModule } from '@/modules/knowledge/access/knowledge-access.module.js';
import { CollectionFinder } from './collection-finder.js';
import { CollectionRepository } from './persistence/collection.repository.js';

/** Finds collections; documents use it too. */
@Module({
  imports: [KnowledgeAccessModule],
  providers: [CollectionRepository, CollectionFinder],
  exports: [CollectionRepository, CollectionFinder],
})
export class CollectionLookupModule {}
