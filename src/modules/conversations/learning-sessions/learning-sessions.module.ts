import { Module } from '@nestjs/common';
import { ConversationCoreModule } from '../conversation-core.module.js';
import { LearningSessionEndings } from './learning-session-endings.js';
import { LearningSessionEvents } from './learning-session-events.js';
import { LearningSessionsController } from './learning-sessions.controller.js';
import { LearningSessionsService } from './learning-sessions.service.js';
import { LearningSessionRepository } from './persistence/learning-session.repository.js';

/** The learning sessions of conversations. */
@Module({
  imports: [ConversationCoreModule],
  controllers: [LearningSessionsController],
  providers: [
    LearningSessionRepository,
    LearningSessionEvents,
    LearningSessionEndings,
    LearningSessionsService,
  ],
  exports: [LearningSessionEvents, LearningSessionEndings],
})
export class LearningSessionsModule {}
