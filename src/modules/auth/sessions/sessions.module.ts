import { Module, type OnModuleInit } from '@nestjs/common';
import { ExpiredRowSweeper } from '@/platform/jobs/index.js';
import { SessionRepository } from './persistence/session.repository.js';
import { SessionCache } from './session-cache.js';
import { SessionsService } from './sessions.service.js';

/** Sessions and their cache. The repository is exported for `RefreshService` only. */
@Module({
  providers: [SessionRepository, SessionCache, SessionsService],
  exports: [SessionRepository, SessionCache, SessionsService],
})
export class SessionsModule implements OnModuleInit {
  constructor(private readonly sweeper: ExpiredRowSweeper) {}

  onModuleInit(): void {
    this.sweeper.registerTable('sessions');
  }
}
