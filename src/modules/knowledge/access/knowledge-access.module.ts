import { Module } from '@nestjs/common';
import { ConversationsModule } from '@/modules/conversations/index.js';
import { OrganizationsModule } from '@/modules/organizations/index.js';
import { PartitionRepository } from './persistence/partition.repository.js';
import { PlaceAuthorizer } from './place-authorizer.js';

/** Decides who reads documents, and where an actor may put them. */
@Module({
  imports: [ConversationsModule, OrganizationsModule],
  providers: [PartitionRepository, PlaceAuthorizer],
  exports: [PartitionRepository, PlaceAuthorizer, OrganizationsModule],
})
export class KnowledgeAccessModule {}
