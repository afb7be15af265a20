import { Controller, Get } from '@nestjs/common';
import { type Actor, CurrentActor, Requires } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { PageQuery } from '@/platform/pagination/index.js';
import { Query } from '@/platform/validation/index.js';
import { ConnectionReader } from './connection-reader.js';
import { IntegrationResponse } from './dto/connection.responses.js';

@ApiTags('Integrations')
@Controller('api/integrations')
export class ConnectionsController {
  constructor(private readonly connections: ConnectionReader) {}

  @Get()
  @Requires('integrations:read')
  @Operation({ summary: 'List your connections, newest first', response: [IntegrationResponse] })
  listIntegrations(
    @CurrentActor() { userId }: Actor,
    @Query() query: PageQuery,
  ): Promise<IntegrationResponse[]> {
    return this.connections.list(userId, query);
  }
}
