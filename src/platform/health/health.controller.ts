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
  @Operation({ summary: 'Is the process up?', response: LivenessResponse })
  live(): LivenessResponse {
    return { status: 'ok' };
  }

  @Get('ready')
  @Public()
  @Operation({
    summary: 'Can this process serve? 503 when it cannot, or is draining',
    response: HealthResponse,
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthResponse> {
    const health = await this.health.check();
    void reply.status(health.status === 'ok' ? 200 : 503);
    return health;
  }
}
