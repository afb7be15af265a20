import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { inOrganization } from '@/modules/organizations/index.js';
import { CurrentActor, type OrganizationActor, Requires } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { PageQuery } from '@/platform/pagination/index.js';
import { Body, Query, PathId } from '@/platform/validation/index.js';
import { webhookErrors as errors } from '../webhooks.errors.js';
import { CreateWebhookRequest, UpdateWebhookRequest } from './dto/webhook.requests.js';
import { NewWebhookResponse, WebhookResponse } from './dto/webhook.responses.js';
import { WebhooksService } from './webhooks.service.js';

const MANAGE = inOrganization('webhooks.manage');

@ApiTags('Webhooks')
@Controller('api/organizations/:org_id/webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Get()
  @Requires('session', MANAGE)
  @Operation({ summary: 'List webhooks, newest first', response: [WebhookResponse] })
  listWebhooks(
    @CurrentActor() actor: OrganizationActor,
    @Query() query: PageQuery,
  ): Promise<WebhookResponse[]> {
    return this.webhooks.list(actor, query);
  }

  @Post()
  @Requires('session', MANAGE)
  @Operation({
    summary: 'Create a webhook',
    description: 'The response is the only one that contains the secret, which signs the deliveries.',
    status: 201,
    response: NewWebhookResponse,
    errors: [errors.webhook_limit_reached],
    idempotent: true,
    secretFields: ['secret'],
  })
  createWebhook(
    @CurrentActor() actor: OrganizationActor,
    @Body() request: CreateWebhookRequest,
  ): Promise<NewWebhookResponse> {
    return this.webhooks.create(actor, request);
  }

  @Patch(':webhook_id')
  @Requires('session', MANAGE)
  @Operation({
    summary: 'Change a webhook, or switch it on or off',
    response: WebhookResponse,
    errors: [errors.webhook_not_found],
  })
  updateWebhook(
    @CurrentActor() actor: OrganizationActor,
    @PathId('webhook_id', errors.webhook_not_found) id: string,
    @Body() request: UpdateWebhookRequest,
  ): Promise<WebhookResponse> {
    return this.webhooks.update(actor, id, request);
  }

  @Delete(':webhook_id')
  @Requires('session', MANAGE)
  @Operation({
    summary: 'Delete a webhook and its deliveries',
    status: 204,
    errors: [errors.webhook_not_found],
  })
  deleteWebhook(
    @CurrentActor() actor: OrganizationActor,
    @PathId('webhook_id', errors.webhook_not_found) id: string,
  ): Promise<void> {
    return this.webhooks.delete(actor, id);
  }

  @Post(':webhook_id/secret')
  @Requires('session', MANAGE)
  @Operation({
    summary: 'Replace the secret of a webhook',
    description: 'The response contains the new secret. The old one signs all deliveries, too, for 24 hours.',
    response: NewWebhookResponse,
    errors: [errors.webhook_not_found],
  })
  rotateWebhookSecret(
    @CurrentActor() actor: OrganizationActor,
    @PathId('webhook_id', errors.webhook_not_found) id: string,
  ): Promise<NewWebhookResponse> {
    return this.webhooks.rotateSecret(actor, id);
  }
}
