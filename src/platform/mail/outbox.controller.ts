import { Controller, Get, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Public } from '../access/access.js';
import { Config } from '../config/index.js';
import { platformErrors } from '../errors/index.js';
import { isDirectClient } from '../http/direct-client.js';
import { JobQueue } from '../jobs/index.js';
import { ApiExcludeController } from '../openapi/lazy-decorators.js';
import { Query, TextField } from '../validation/index.js';
import { OutboxRepository, type OutboxEmail } from './persistence/outbox.repository.js';

class OutboxQuery {
  @TextField({ optional: true, max: 254 })
  to?: string;
}

const LOOPBACK_HOST = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i;

/**
 * Returns the development outbox. Answers 404 in production, with SMTP, and to every client that is not on this machine. Checks
 * the `Host` header against DNS rebinding by a web page.
 */
@ApiExcludeController()
@Controller('dev')
export class OutboxController {
  constructor(
    private readonly config: Config,
    private readonly outbox: OutboxRepository,
    private readonly jobs: JobQueue,
  ) {}

  @Get('outbox')
  @Public()
  async readOutbox(@Query() query: OutboxQuery, @Req() request: FastifyRequest): Promise<OutboxEmail[]> {
    if (this.config.production || this.config.mail !== 'outbox' || !isLocal(request))
      throw platformErrors.not_found();
    await this.jobs.settle('mail.'); // some mail is written by a job
    return this.outbox.list(query.to);
  }
}

function isLocal(request: FastifyRequest): boolean {
  return isDirectClient(request) && LOOPBACK_HOST.test(request.headers.host ?? '');
}
