import { Module } from '@nestjs/common';
import { QuestRepository } from './persistence/quest.repository.js';
import { QuestsService } from './quests.service.js';

/** The quests of learner-days. */
@Module({
  providers: [QuestRepository, QuestsService],
  exports: [QuestsService],
})
export class QuestsModule {}
