import { Module } from '@nestjs/common';
import { ConnectionsModule } from './connections/connections.module.js';
import { GoogleCalendarModule } from './google-calendar/google-calendar.module.js';

/** Connections of users to services of others. */
@Module({ imports: [ConnectionsModule, GoogleCalendarModule] })
export class IntegrationsModule {}
