import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '../../../platform/docs/reference.js';
import { Requires } from '../../../platform/http/access.js';
import { Caller, type OrganizationActor } from '../../../platform/http/actor.js';
import { Operation } from '../../../platform/http/operation.js';
import { inOrganization } from '../access/in-organization.js';
import { AuditEventResponse, AuditQuery } from './audit.dto.js';
import { AuditLog } from './audit-log.js';

@ApiTags('Organizations')
@Controller('api/organizations/:org_id/audit-log')
export class AuditController {
  constructor(private readonly audit: AuditLog) {}

  @Get()
  @Requires('organizations:read', inOrganization('audit.read'))
  @Operation({ summary: 'List who changed what, newest first', answers: [AuditEventResponse] })
  listAuditEvents(
    @Caller() actor: OrganizationActor,
    @Query() query: AuditQuery,
  ): Promise<AuditEventResponse[]> {
    return this.audit.list(actor, query);
  }
}
