import { timingSafeEqual } from 'node:crypto';
import { Controller, Get, Header, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Public } from '../access/access.js';
import { Config } from '../config/index.js';
import { platformErrors } from '../errors/index.js';
import { isDirectClient } from '../http/direct-client.js';
import { ApiExcludeController } from '../openapi/lazy-decorators.js';
import { Metrics } from './metrics.js';

@ApiExcludeController()
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly config: Config,
    private readonly metrics: Metrics,
  ) {}

  @Get()
  @Public()
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  scrape(@Req() request: FastifyRequest): Promise<string> {
    if (!this.mayRead(request)) throw platformErrors.not_found();
    return this.metrics.registry.metrics();
  }

  /** Requires `METRICS_TOKEN` when it is set; else allows only direct clients on this machine. */
  private mayRead(request: FastifyRequest): boolean {
    const { metricsToken } = this.config;
    if (!metricsToken) return isDirectClient(request);
    const given = Buffer.from(request.headers.authorization ?? '');
    const expected = Buffer.from(`Bearer ${metricsToken}`);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}
