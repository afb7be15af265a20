import { Module } from '@nestjs/common';
import { AnalyticsModule } from './analytics/analytics.module.js';
import { ProgressDataExportModule } from './data-export/progress-data-export.module.js';
import { LearningEventsModule } from './learning-events/learning-events.module.js';
import { PublicProfileModule } from './public-profile/public-profile.module.js';
import { ProgressRebuildModule } from './rebuild/progress-rebuild.module.js';
import { RemindersModule } from './reminders/reminders.module.js';
import { StatisticsModule } from './statistics/statistics.module.js';
import { StreaksModule } from './streaks/streaks.module.js';
import { XpModule } from './xp/xp.module.js';

/** What learners do, and what follows from it: XP, streaks, quests, and the statistics of organizations. */
@Module({
  imports: [
    LearningEventsModule,
    XpModule,
    StreaksModule,
    AnalyticsModule,
    StatisticsModule,
    PublicProfileModule,
    RemindersModule,
    ProgressDataExportModule,
    ProgressRebuildModule,
  ],
  exports: [LearningEventsModule],
})
export class ProgressModule {}
