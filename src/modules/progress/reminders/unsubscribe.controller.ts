import { Controller, Get, Header, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { Entropy } from '@/platform/kernel/entropy.js';
import { ApiExcludeController } from '@/platform/openapi/index.js';
import { Query } from '@/platform/validation/index.js';
import { RemindersService } from './reminders.service.js';
import { renderUnsubscribedPage, renderUnsubscribePage } from './unsubscribe-page.js';

/**
 * The link of reminders. Opening it changes nothing, because mail scanners open links. Mail programs send the POST request
 * themselves (RFC 8058), as a form of either kind, which is not read.
 */
@ApiExcludeController()
@Controller('unsubscribe')
export class UnsubscribeController {
  constructor(
    private readonly reminders: RemindersService,
    private readonly entropy: Entropy,
  ) {}

  @Get()
  @Public()
  @Header('Content-Type', 'text/html; charset=utf-8')
  showUnsubscribe(@Res({ passthrough: true }) reply: FastifyReply): string {
    return this.render(reply, renderUnsubscribePage);
  }

  @Post()
  @Public()
  @Operation({ summary: 'Switch reminders off', ignoresBody: true })
  @Header('Content-Type', 'text/html; charset=utf-8')
  async unsubscribe(
    @Query('token') token: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    await this.reminders.switchOff(token);
    return this.render(reply, renderUnsubscribedPage);
  }

  private render(reply: FastifyReply, renderPage: (nonce: string) => string): string {
    const nonce = this.entropy.token(16);
    const policy = `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;
    void reply.header('Content-Security-Policy', policy).header('Referrer-Policy', 'no-referrer');
    return renderPage(nonce);
  }
}
