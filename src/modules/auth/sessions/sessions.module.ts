import { Module, type OnModuleInit } from '@nestjs/common';
import { ExpiredRowSweeper } from '@/platform/jobs/index.js';
import { SessionRepository } from './persistence/session.repository.js';
import { SessionCache } from './session-cache.js';
import { SessionsService } from './sessions.service.js';

/** Sessions: created, found, listed, ended. The repository is exported for the refresh service and logins only. */
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
