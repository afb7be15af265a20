import { Module } from '@nestjs/common';
import { LiveEventStore } from './live-event-store.js';
import { LiveEventRepository } from './persistence/live-event.repository.js';

/** The numbered events of sockets. */
@Module({ providers: [LiveEventRepository, LiveEventStore], exports: [LiveEventStore] })
export class LiveEventsModule {}
