import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import {
  AcceptsCredentialsInQuery,
  type Actor,
  type ClientInfo,
  CurrentActor,
  CurrentClient,
  Requires,
} from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Query } from '@/platform/validation/index.js';
import { liveErrors as errors } from '../live.errors.js';
import { LiveSocketQuery } from './dto/live-socket.query.js';
import { LiveSocketOpener } from './live-socket-opener.service.js';

@ApiTags('Xentree Live')
@Controller('api/live/socket')
export class LiveSocketController {
  constructor(private readonly opener: LiveSocketOpener) {}

  @Get()
  @Requires('live:write')
  @AcceptsCredentialsInQuery('ticket', 'integration_token')
  @Operation({
    summary: 'Open the socket of a live session',
    description:
      'A WebSocket with the events of the guide. Credentials are a header, `ticket`, or `integration_token` with the `Origin` of its grant.',
    webSocket: true,
    errors: [
      platformErrors.token_invalid,
      platformErrors.two_factor_required,
      platformErrors.upgrade_required,
      platformErrors.too_many_attempts,
      errors.live_session_not_found,
      errors.live_session_ended,
      errors.live_quota_exceeded,
      errors.live_sessions_limit_reached,
      errors.origin_not_allowed,
      errors.grant_scope_missing,
    ],
  })
  openLiveSocket(
    @CurrentActor() actor: Actor | null,
    @Query() query: LiveSocketQuery,
    @CurrentClient() client: ClientInfo,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.opener.open(actor, query, client, reply);
  }
}
