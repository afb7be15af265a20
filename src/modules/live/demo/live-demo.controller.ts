import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '@/platform/access/index.js';
import { Config } from '@/platform/config/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { ApiExcludeController } from '@/platform/openapi/index.js';
import { LiveDemoFiles } from './live-demo-files.js';

/** A page that talks with the server in a browser. Answers 404 in production. */
@ApiExcludeController()
@Controller('docs/live-demo')
export class LiveDemoController {
  constructor(
    private readonly files: LiveDemoFiles,
    private readonly config: Config,
  ) {}

  @Get()
  @Public()
  @Header('Cache-Control', 'public, max-age=0')
  readPage(@Res() reply: FastifyReply): Promise<FastifyReply> {
    return this.send('index.html', reply);
  }

  @Get(':file')
  @Public()
  @Header('Cache-Control', 'public, max-age=0')
  readFile(@Param('file') name: string, @Res() reply: FastifyReply): Promise<FastifyReply> {
    return this.send(name, reply);
  }

  private async send(name: string, reply: FastifyReply): Promise<FastifyReply> {
    const file = this.config.production ? undefined : await this.files.read(name);
    if (!file) throw platformErrors.not_found();
    return reply
      .type(file.type)
      .header('Content-Security-Policy', toPagePolicy(this.config.baseUrl))
      .send(file.content);
  }
}

/** The page loads only its own files, and connects only to this server. Some browsers do not count sockets as `'self'`. */
function toPagePolicy(baseUrl: string): string {
  const socketOrigin = new URL(baseUrl).origin.replace(/^http/, 'ws');
  return (
    `default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self' ${socketOrigin}; ` +
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
  );
}
