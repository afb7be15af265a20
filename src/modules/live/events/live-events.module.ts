import { Module } from '@nestjs/common';
import { EventLogHandovers } from './event-log-handovers.js';
import { LiveEventStore } from './live-event-store.js';
import { LiveEventRepository } from './persistence/live-event.repository.js';

/** The numbered events of sockets. */
@Module({
  providers: [LiveEventRepository, EventLogHandovers, LiveEventStore],
  exports: [EventLogHandovers, LiveEventStore],
})
export class LiveEventsModule {}
