import { Module } from '@nestjs/common';
import { UsersModule } from '@/modules/users/index.js';
import { XelModule } from '@/modules/xel/index.js';
import { ConnectionsModule } from '../connections/connections.module.js';
import { GoogleModule } from '../google/google.module.js';
import { AuthorizationController } from './authorization.controller.js';
import { AuthorizationService } from './authorization.service.js';
import { CalendarClient, CalendarTransport } from './calendar-client.js';
import { CalendarController } from './calendar.controller.js';
import { CalendarService } from './calendar.service.js';
import { CompletionSecrets } from './completion-secrets.js';
import { CompletionService } from './completion.service.js';
import { GrantRevoker } from './grant-revoker.js';
import { StudyDays } from './persistence/study-days.js';
import { StudyPlanService } from './study-plan.service.js';

/** The Google Calendar of a user: how it is connected, its events, and study sessions in its free times. */
@Module({
  imports: [ConnectionsModule, GoogleModule, UsersModule, XelModule],
  controllers: [AuthorizationController, CalendarController],
  providers: [
    AuthorizationService,
    CalendarClient,
    CalendarService,
    CalendarTransport,
    CompletionSecrets,
    CompletionService,
    GrantRevoker,
    StudyDays,
    StudyPlanService,
  ],
})
export class GoogleCalendarModule {}
