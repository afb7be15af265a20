import { Controller, Delete, Get, Header, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { type Actor, CurrentActor, Public, Requires, type SessionActor } from '@/platform/access/index.js';
import { requestContext } from '@/platform/context/index.js';
import { Operation } from '@/platform/http/index.js';
import { Entropy } from '@/platform/kernel/entropy.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Body, Query } from '@/platform/validation/index.js';
import { ConnectionReader } from '../connections/connection-reader.js';
import { ConnectionsService } from '../connections/connections.service.js';
import {
  CompletedIntegrationResponse,
  IntegrationStatusResponse,
} from '../connections/dto/connection.responses.js';
import { PROVIDER_FACTS, providerErrors } from '../google/google-failure.js';
import { integrationErrors as errors } from '../integrations.errors.js';
import { AuthorizationService, type CallbackResult } from './authorization.service.js';
import { callbackPagePolicy, renderCallbackPage } from './callback-page.js';
import { CompletionService } from './completion.service.js';
import {
  AuthorizationCallbackQuery,
  AuthorizationStartResponse,
  CompleteAuthorizationRequest,
  DisconnectQuery,
  StartAuthorizationQuery,
} from './dto/authorization.dto.js';

@ApiTags('Integrations')
@Controller('api/integrations/google-calendar')
export class AuthorizationController {
  constructor(
    private readonly authorization: AuthorizationService,
    private readonly completion: CompletionService,
    private readonly connections: ConnectionsService,
    private readonly reader: ConnectionReader,
    private readonly entropy: Entropy,
  ) {}

  @Get('start')
  @Requires('integrations:write')
  @Operation({
    summary: 'Start to connect your Google Calendar',
    response: AuthorizationStartResponse,
    errors: [errors.integration_not_configured],
  })
  startGoogleCalendar(
    @CurrentActor() { userId }: Actor,
    @Query() { return_to, redirect }: StartAuthorizationQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): AuthorizationStartResponse {
    const started = this.authorization.start(userId, return_to);
    if (redirect === 'true') redirectTo(reply, started.authorization_url);
    return started;
  }

  @Get('callback')
  @Public()
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Operation({
    summary: 'Receive the decision of the user from Google',
    description:
      'For the browser of the user. Redirects to `return_to` with a `completion`, or shows it on a page.',
    response: { file: 'text/html' },
    errors: [errors.integration_state_invalid],
  })
  async receiveGoogleCalendarCode(
    @Query() query: AuthorizationCallbackQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.answerBrowser(await this.authorization.receive(query), reply);
  }

  @Post('complete')
  @Requires('session')
  @Operation({
    summary: 'Complete the connection that you have started',
    response: CompletedIntegrationResponse,
    errors: [
      errors.integration_completion_invalid,
      errors.integration_code_refused,
      errors.integration_for_another,
      errors.integration_rate_limited,
      providerErrors.provider_failed,
      errors.integration_not_configured,
      providerErrors.provider_timeout,
    ],
    facts: PROVIDER_FACTS,
    idempotent: true,
  })
  completeGoogleCalendar(
    @CurrentActor() { userId }: SessionActor,
    @Body() { completion }: CompleteAuthorizationRequest,
  ): Promise<CompletedIntegrationResponse> {
    return this.completion.complete(userId, completion);
  }

  @Get('status')
  @Requires('integrations:read')
  @Operation({ summary: 'Read the health of your connection', response: IntegrationStatusResponse })
  readGoogleCalendarStatus(@CurrentActor() { userId }: Actor): Promise<IntegrationStatusResponse> {
    return this.reader.readStatus(userId, 'google_calendar');
  }

  @Delete()
  @Requires('session')
  @Operation({
    summary: 'Disconnect your Google Calendar',
    description: 'A job revokes the access at Google, for up to 24 hours.',
    status: 204,
    errors: [errors.integration_not_connected],
  })
  disconnectGoogleCalendar(
    @CurrentActor() { userId }: SessionActor,
    @Query() { study_plan }: DisconnectQuery,
  ): Promise<void> {
    return this.connections.disconnect(userId, 'google_calendar', study_plan === 'remove');
  }

  private answerBrowser({ redirectTo: url, completion }: CallbackResult, reply: FastifyReply): string {
    const nonce = this.entropy.token(16);
    void reply.header('Referrer-Policy', 'no-referrer');
    if (url !== null) {
      redirectTo(reply, url);
      return '';
    }
    void reply.header('Content-Security-Policy', callbackPagePolicy(nonce));
    return renderCallbackPage(nonce, completion);
  }
}

function redirectTo(reply: FastifyReply, url: string): void {
  requestContext.setSuccessStatus(302);
  void reply.status(302).header('Location', url);
}
