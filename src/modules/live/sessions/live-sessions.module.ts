import { Module, type OnModuleInit } from '@nestjs/common';
import { AiModule } from '@/modules/ai/index.js';
import { MembershipEvents, OrganizationsModule } from '@/modules/organizations/index.js';
import { UsersModule } from '@/modules/users/index.js';
import { ExpiredRowSweeper } from '@/platform/jobs/index.js';
import { LiveQuotaModule } from '../quota/live-quota.module.js';
import { LiveCapacityLimiter } from './live-capacity.limiter.js';
import { LiveLeaseService } from './live-lease.service.js';
import { LiveSessionEndings } from './live-session-endings.js';
import { LiveSessionExport } from './live-session-export.js';
import { LiveSessionFinder } from './live-session-finder.js';
import { LiveSessionNotifier } from './live-session-notifier.js';
import { LiveSessionPresenter } from './live-session-presenter.js';
import { LiveSessionStarter } from './live-session-starter.js';
import { LiveSessionSweeper } from './live-session-sweeper.js';
import { LiveSessionsController } from './live-sessions.controller.js';
import { LiveSessionsService } from './live-sessions.service.js';
import { LiveSettingsPolicy } from './live-settings.policy.js';
import { LiveSocketSessions } from './live-socket-sessions.js';
import { LiveStartReplayInterceptor } from './live-start-replay.interceptor.js';
import { LiveTicketService } from './live-ticket.service.js';
import { LiveLeaseRepository } from './persistence/live-lease.repository.js';
import { LiveSessionRepository } from './persistence/live-session.repository.js';
import { LiveTicketRepository } from './persistence/live-ticket.repository.js';
import { PracticeModuleRegistry } from './practice-module.registry.js';

/**
 * Live sessions and their leases. The path of a heartbeat: LiveSessionsController → LiveSessionsService → LiveLeaseService →
 * LiveLeaseRepository. The socket uses LiveTicketService, LiveSocketSessions, LiveLeaseService and LiveSessionNotifier.
 */
@Module({
  imports: [AiModule, OrganizationsModule, UsersModule, LiveQuotaModule],
  controllers: [LiveSessionsController],
  providers: [
    LiveSessionRepository,
    LiveLeaseRepository,
    LiveTicketRepository,
    LiveSessionNotifier,
    LiveSessionEndings,
    LiveLeaseService,
    LiveCapacityLimiter,
    PracticeModuleRegistry,
    LiveSettingsPolicy,
    LiveSessionStarter,
    LiveTicketService,
    LiveSessionFinder,
    LiveSessionPresenter,
    LiveSessionsService,
    LiveStartReplayInterceptor,
    LiveSessionSweeper,
    LiveSocketSessions,
    LiveSessionExport,
  ],
  exports: [
    LiveLeaseService,
    LiveSessionEndings,
    LiveSessionFinder,
    LiveSessionNotifier,
    LiveSocketSessions,
    LiveTicketService,
    PracticeModuleRegistry,
  ],
})
export class LiveSessionsModule implements OnModuleInit {
  constructor(
    private readonly sweeper: ExpiredRowSweeper,
    private readonly memberships: MembershipEvents,
    private readonly sessions: LiveSessionRepository,
    private readonly endings: LiveSessionEndings,
  ) {}

  /** The sessions that an organization pays end together with the membership. */
  onModuleInit(): void {
    this.sweeper.registerTable('live_redeemed_tickets');
    this.memberships.onEnded(async ({ organizationId, userId }) => {
      const ids = await this.sessions.listActiveOfMember(userId, organizationId);
      if (ids.length > 0) await this.endings.end(ids, 'credentials');
    });
  }
}
