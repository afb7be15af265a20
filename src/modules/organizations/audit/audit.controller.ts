import { Controller, Get } from '@nestjs/common';
import { Requires, CurrentActor, type OrganizationActor } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Query } from '@/platform/validation/index.js';
import { inOrganization } from '../access/organization-requirement.js';
import { AuditLogService } from './audit-log.service.js';
import { AuditEventResponse, AuditQuery } from './dto/audit.dto.js';

@ApiTags('Organizations')
@Controller('api/organizations/:org_id/audit-log')
export class AuditController {
  constructor(private readonly audit: AuditLogService) {}

  @Get()
  @Requires('organizations:read', inOrganization('audit.read'))
  @Operation({ summary: 'List audit events, newest first', response: [AuditEventResponse] })
  listAuditEvents(
    @CurrentActor() actor: OrganizationActor,
    @Query() query: AuditQuery,
  ): Promise<AuditEventResponse[]> {
    return this.audit.list(actor, query);
  }
}
