import { Controller, Get, Header, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '@/platform/access/index.js';
import { Config } from '@/platform/config/index.js';
import { Entropy } from '@/platform/kernel/entropy.js';
import { ApiExcludeController } from '@/platform/openapi/index.js';
import { ACCEPT_INVITATION_PAGE } from './accept-invitation-page.js';
import {
  type LinkPage,
  RESET_PASSWORD_PAGE,
  REVERT_EMAIL_PAGE,
  renderLinkPage,
  VERIFY_EMAIL_PAGE,
} from './link-pages.js';

/** The pages of e-mailed links if `APP_URL` is not set. */
@ApiExcludeController()
@Controller()
export class LinkPagesController {
  constructor(
    private readonly entropy: Entropy,
    private readonly config: Config,
  ) {}

  @Get('verify-email')
  @Public()
  @Header('Content-Type', 'text/html; charset=utf-8')
  showVerifyEmail(@Res({ passthrough: true }) reply: FastifyReply): string {
    return this.renderPage(VERIFY_EMAIL_PAGE, reply);
  }

  @Get('reset-password')
  @Public()
  @Header('Content-Type', 'text/html; charset=utf-8')
  showResetPassword(@Res({ passthrough: true }) reply: FastifyReply): string {
    return this.renderPage(RESET_PASSWORD_PAGE, reply);
  }

  @Get('revert-email')
  @Public()
  @Header('Content-Type', 'text/html; charset=utf-8')
  showRevertEmail(@Res({ passthrough: true }) reply: FastifyReply): string {
    return this.renderPage(REVERT_EMAIL_PAGE, reply);
  }

  @Get('accept-invitation')
  @Public()
  @Header('Content-Type', 'text/html; charset=utf-8')
  showAcceptInvitation(@Res({ passthrough: true }) reply: FastifyReply): string {
    return this.renderPage(ACCEPT_INVITATION_PAGE, reply);
  }

  private renderPage(page: LinkPage, reply: FastifyReply): string {
    const nonce = this.entropy.token(16);
    const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'`;
    void reply.header('Content-Security-Policy', policy).header('Referrer-Policy', 'no-referrer');
    return renderLinkPage(page, nonce, this.config.basePath);
  }
}
