import { Module } from '@nestjs/common';
import { OrganizationsModule } from '../organizations/index.js';
import { ConversationFinder } from './conversation-finder.js';
import { ConversationsController } from './conversations.controller.js';
import { ConversationsService } from './conversations.service.js';
import { ConversationRepository } from './persistence/conversation.repository.js';

/** Conversations themselves. The repository is exported for ConversationDataExportModule only. */
@Module({
  imports: [OrganizationsModule],
  controllers: [ConversationsController],
  providers: [ConversationRepository, ConversationFinder, ConversationsService],
  exports: [ConversationFinder, ConversationRepository],
})
export class ConversationCoreModule {}
