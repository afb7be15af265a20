import { Module } from '@nestjs/common';
import { OrganizationsModule } from '@/modules/organizations/index.js';
import { ConversationCoreModule } from '../conversation-core.module.js';
import { ConversationExportService } from './conversation-export.service.js';
import { MessagesController } from './messages.controller.js';
import { MessagesService } from './messages.service.js';
import { MessageRepository } from './persistence/message.repository.js';
import { TurnRepository } from './persistence/turn.repository.js';
import { TurnWriter } from './turn-writer.js';

/** The messages of conversations. The repository is exported for ConversationDataExportModule only. */
@Module({
  imports: [ConversationCoreModule, OrganizationsModule],
  controllers: [MessagesController],
  providers: [MessageRepository, MessagesService, ConversationExportService, TurnRepository, TurnWriter],
  exports: [TurnWriter, MessageRepository],
})
export class MessagesModule {}
