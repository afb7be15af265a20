import { Module } from '@nestjs/common';
import { LearnerStateRepository } from './persistence/learner-state.repository.js';
import { LearningEventRepository } from './persistence/learning-event.repository.js';
import { LedgerRepository } from './persistence/ledger.repository.js';

/** Learning events, the ledger, and the state that is derived from them. The repositories are for modules of this context. */
@Module({
  providers: [LearnerStateRepository, LearningEventRepository, LedgerRepository],
  exports: [LearnerStateRepository, LearningEventRepository, LedgerRepository],
})
export class LedgerModule {}
