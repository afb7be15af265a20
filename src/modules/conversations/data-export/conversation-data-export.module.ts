import { Module } from '@nestjs/common';
import { UsersModule } from '@/modules/users/index.js';
import { ConversationCoreModule } from '../conversation-core.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { NotesModule } from '../notes/notes.module.js';
import { ConversationDataExport } from './conversation-data-export.js';

/** Adds conversations, messages and notes to the data export of a user. */
@Module({
  imports: [ConversationCoreModule, MessagesModule, NotesModule, UsersModule],
  providers: [ConversationDataExport],
})
export class ConversationDataExportModule {}
