import { Module } from '@nestjs/common';
import { ConversationsModule } from '@/modules/conversations/index.js';
import { LiveModule } from '@/modules/live/index.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { MemberDaysModule } from '../member-days/member-days.module.js';
import { QuestsModule } from '../quests/quests.module.js';
import { SettlementModule } from '../streaks/settlement.module.js';
import { DeedRecorder } from './deed-recorder.js';
import { LearnerAwards } from './learner-awards.js';
import { LearnerDaysService } from './learner-days.service.js';
import { LearningAnnouncer } from './learning-announcer.js';
import { LearningEventsService } from './learning-events.service.js';
import { SessionRecorder } from './session-recorder.js';

/** The recording of learning events. Other modules call the exported services. */
@Module({
  imports: [ConversationsModule, LiveModule, LedgerModule, MemberDaysModule, QuestsModule, SettlementModule],
  providers: [
    DeedRecorder,
    LearnerAwards,
    LearnerDaysService,
    LearningAnnouncer,
    LearningEventsService,
    SessionRecorder,
  ],
  exports: [LearnerDaysService, LearningEventsService],
})
export class LearningEventsModule {}
