import { Module } from '@nestjs/common';
import { ConversationCoreModule } from './conversation-core.module.js';
import { ConversationDataExportModule } from './data-export/conversation-data-export.module.js';
import { LearningSessionsModule } from './learning-sessions/learning-sessions.module.js';
import { MessagesModule } from './messages/messages.module.js';
import { NotesModule } from './notes/notes.module.js';
import { SearchModule } from './search/search.module.js';

/** Conversations with their messages and learning sessions, notes, and search in all of them. */
@Module({
  imports: [
    ConversationCoreModule,
    MessagesModule,
    LearningSessionsModule,
    NotesModule,
    SearchModule,
    ConversationDataExportModule,
  ],
  exports: [ConversationCoreModule, MessagesModule, LearningSessionsModule, SearchModule],
})
export class ConversationsModule {}
