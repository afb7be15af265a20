import { Module, type OnModuleInit } from '@nestjs/common';
import { ExpiredRowSweeper } from '@/platform/jobs/index.js';
import { DAY } from '@/platform/kernel/durations.js';
import { AuditLogService } from './audit-log.service.js';
import { AuditController } from './audit.controller.js';
import { AuditRepository } from './persistence/audit.repository.js';

/** Seconds that an audit event is kept, also after the end of its organization. */
const RETENTION = 400 * DAY;

/** The audit log of each organization: every module that changes something records it here. */
@Module({
  controllers: [AuditController],
  providers: [AuditRepository, AuditLogService],
  exports: [AuditLogService],
})
export class OrganizationAuditModule implements OnModuleInit {
  constructor(private readonly sweeper: ExpiredRowSweeper) {}

  onModuleInit(): void {
    this.sweeper.registerRetention({
      table: 'audit_events',
      condition: 'created_at <= $1',
      keptFor: RETENTION,
    });
  }
}
