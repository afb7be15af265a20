import { Module } from '@nestjs/common';
import { OrganizationsModule } from '../organizations/index.js';
import { UsersModule } from '../users/index.js';
import { ConversationFinder } from './conversation-finder.js';
import { ConversationsController } from './conversations.controller.js';
import { ConversationsService } from './conversations.service.js';
import { ConversationDataExport } from './data-export/conversation-data-export.js';
import { LearningSessionsController } from './learning-sessions/learning-sessions.controller.js';
import { LearningSessionsService } from './learning-sessions/learning-sessions.service.js';
import { LearningSessionRepository } from './learning-sessions/persistence/learning-session.repository.js';
import { ConversationExportService } from './messages/conversation-export.service.js';
import { MessagesController } from './messages/messages.controller.js';
import { MessagesService } from './messages/messages.service.js';
import { MessageRepository } from './messages/persistence/message.repository.js';
import { TurnRepository } from './messages/persistence/turn.repository.js';
import { TurnWriter } from './messages/turn-writer.js';
import { NotesController } from './notes/notes.controller.js';
import { NotesService } from './notes/notes.service.js';
import { NoteRepository } from './notes/persistence/note.repository.js';
import { ConversationRepository } from './persistence/conversation.repository.js';
import { PassageSearch } from './search/passage-search.js';
import { RankingRepository } from './search/persistence/ranking.repository.js';
import { ReindexRepository } from './search/persistence/reindex.repository.js';
import { SearchHitRepository } from './search/persistence/search-hit.repository.js';
import { RankingService } from './search/ranking.service.js';
import { ReindexService } from './search/reindex.service.js';
import { SearchQueue } from './search/search-queue.js';
import { SearchController } from './search/search.controller.js';
import { SearchService } from './search/search.service.js';

const CONVERSATION_PROVIDERS = [
  ConversationRepository,
  ConversationFinder,
  ConversationsService,
  ConversationDataExport,
];
const MESSAGES = [MessageRepository, MessagesService, ConversationExportService, TurnRepository, TurnWriter];
const LEARNING_SESSIONS = [LearningSessionRepository, LearningSessionsService];
const NOTES = [NoteRepository, NotesService];
const SEARCH = [
  ...[RankingRepository, RankingService, SearchQueue, SearchHitRepository, SearchService, PassageSearch],
  ...[ReindexRepository, ReindexService],
];

/** Conversations with their turns and learning sessions, notes, and search in all of them. */
@Module({
  imports: [OrganizationsModule, UsersModule],
  controllers: [
    ConversationsController,
    MessagesController,
    LearningSessionsController,
    NotesController,
    SearchController,
  ],
  providers: [CONVERSATION_PROVIDERS, MESSAGES, LEARNING_SESSIONS, NOTES, SEARCH].flat(),
  exports: [TurnWriter, PassageSearch],
})
export class ConversationsModule {}
