import { Module } from '@nestjs/common';
import { OrganizationsModule } from '../organizations/index.js';
import { UsersModule } from '../users/index.js';
import { ConversationBook } from './conversation-finder.js';
import { ConversationsController } from './conversations.controller.js';
import { ConversationsService } from './conversations.service.js';
import { PersonalRows } from './data-export/conversation-data-export.js';
import { LearningSessionsController } from './learning-sessions/learning-sessions.controller.js';
import { LearningSessionsService } from './learning-sessions/learning-sessions.service.js';
import { LearningSessionRepository } from './learning-sessions/persistence/learning-session.repository.js';
import { ConversationExport } from './messages/conversation-export.service.js';
import { MessagesController } from './messages/messages.controller.js';
import { MessagesService } from './messages/messages.service.js';
import { MessageRepository } from './messages/persistence/message.repository.js';
import { TurnRepository } from './messages/persistence/turn.repository.js';
import { Turns } from './messages/turn-writer.js';
import { NotesController } from './notes/notes.controller.js';
import { NotesService } from './notes/notes.service.js';
import { NoteRepository } from './notes/persistence/note.repository.js';
import { ConversationRepository } from './persistence/conversation.repository.js';
import { Passages } from './search/passage-search.js';
import { RankingRepository } from './search/persistence/ranking.repository.js';
import { ReindexRepository } from './search/persistence/reindex.repository.js';
import { FindingRepository } from './search/persistence/search-hit.repository.js';
import { RankingService } from './search/ranking.service.js';
import { Reindexing } from './search/reindex.service.js';
import { SearchQueue } from './search/search-queue.js';
import { SearchController } from './search/search.controller.js';
import { SearchService } from './search/search.service.js';

const ITSELF = [ConversationRepository, ConversationBook, ConversationsService, PersonalRows];
const MESSAGES = [MessageRepository, MessagesService, ConversationExport, TurnRepository, Turns];
const SESSIONS = [LearningSessionRepository, LearningSessionsService];
const NOTES = [NoteRepository, NotesService];
const SEARCH = [
  ...[RankingRepository, RankingService, SearchQueue, FindingRepository, SearchService, Passages],
  ...[ReindexRepository, Reindexing],
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
  providers: [ITSELF, MESSAGES, SESSIONS, NOTES, SEARCH].flat(),
  exports: [Turns, Passages],
})
export class ConversationsModule {}
