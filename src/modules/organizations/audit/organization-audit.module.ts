import { Module } from '@nestjs/common';
import { AuditLogService } from './audit-log.service.js';
import { AuditController } from './audit.controller.js';
import { AuditRepository } from './persistence/audit.repository.js';

/** The audit log of each organization: every module that changes something records it here. */
@Module({
  controllers: [AuditController],
  providers: [AuditRepository, AuditLogService],
  exports: [AuditLogService],
})
export class OrganizationAuditModule {}
