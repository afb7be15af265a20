import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Log } from '@/platform/logging/index.js';
import { LiveEventStore } from '../events/live-event-store.js';
import { LiveSessionNotifier, LiveSocketSessions } from '../sessions/index.js';
import { LiveSocketsRegistry } from './live-sockets.registry.js';

/** After notifications may have been lost, compares what this process has with the sessions as they are stored. */
@Injectable()
export class LiveNotificationRecovery implements OnModuleInit {
  constructor(
    private readonly notifier: LiveSessionNotifier,
    private readonly sessions: LiveSocketSessions,
    private readonly events: LiveEventStore,
    private readonly registry: LiveSocketsRegistry,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.notifier.onReset(() => {
      this.recover().catch((error: unknown) => this.log.error('live.recovery_failed', error));
    });
  }

  /** Costs one query. */
  private async recover(): Promise<void> {
    const ids = this.events.sessionIds;
    if (ids.length === 0) return;
    const holders = await this.sessions.listHolders(ids);
    for (const id of ids) {
      const holder = holders.get(id);
      if (holder && !holder.endReason) void this.registry.yieldTo(id, holder.attachment);
      else this.registry.finish(id, holder?.endReason ?? 'silent');
    }
  }
}
