import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '../access/access.js';
import { Operation } from '../http/operation.js';
import { ApiTags } from '../openapi/lazy-decorators.js';
import { HealthResponse, LivenessResponse } from './health.responses.js';
import { HealthService } from './health.service.js';

@ApiTags('Operations')
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get('live')
  @Public()
  @Operation({ summary: 'Check that the process runs', response: LivenessResponse })
  checkLiveness(): LivenessResponse {
    return { status: 'ok' };
  }

  @Get('ready')
  @Public()
  @Operation({
    summary: 'Check that the server accepts requests; 503 when it does not or shuts down',
    response: HealthResponse,
  })
  async checkReadiness(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthResponse> {
    const health = await this.health.check();
    void reply.status(health.status === 'ok' ? 200 : 503);
    return health;
  }
}
