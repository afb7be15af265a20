import { Controller, Get, Post } from '@nestjs/common';
import { inOrganization } from '@/modules/organizations/index.js';
import { CurrentActor, type OrganizationActor, Requires } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { PageQuery } from '@/platform/pagination/index.js';
import { Query, PathId } from '@/platform/validation/index.js';
import { webhookErrors as errors } from '../webhooks.errors.js';
import { DeliveriesService } from './deliveries.service.js';
import { WebhookDeliveryResponse } from './dto/delivery.response.js';

const MANAGE = inOrganization('webhooks.manage');
const REDELIVERY = {
  summary: 'Deliver again',
  description: 'Queues a delivery that is over, with the same `webhook-id`, and with all tries.',
  status: 202,
  response: WebhookDeliveryResponse,
} as const;
const REDELIVERY_ERRORS = [
  errors.webhook_delivery_not_found,
  errors.webhook_delivery_pending,
  errors.webhook_disabled,
];

@ApiTags('Webhooks')
@Controller('api/organizations/:org_id/webhooks')
export class DeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  @Post(':webhook_id/test')
  @Requires('session', MANAGE)
  @Operation({
    summary: 'Send a test event',
    description:
      'Queues the event `webhook.test`, which is tried once. Ten tests an hour for each webhook. The list of deliveries shows its outcome.',
    status: 202,
    response: WebhookDeliveryResponse,
    errors: [errors.webhook_not_found, errors.webhook_disabled],
  })
  testWebhook(
    @CurrentActor() actor: OrganizationActor,
    @PathId('webhook_id', errors.webhook_not_found) id: string,
  ): Promise<WebhookDeliveryResponse> {
    return this.deliveries.test(actor, id);
  }

  @Get(':webhook_id/deliveries')
  @Requires('session', MANAGE)
  @Operation({
    summary: 'List deliveries of the last 30 days, newest first',
    response: [WebhookDeliveryResponse],
    errors: [errors.webhook_not_found],
  })
  listWebhookDeliveries(
    @CurrentActor() actor: OrganizationActor,
    @PathId('webhook_id', errors.webhook_not_found) id: string,
    @Query() query: PageQuery,
  ): Promise<WebhookDeliveryResponse[]> {
    return this.deliveries.list(actor, id, query);
  }

  @Post(':webhook_id/deliveries/:delivery_id/redeliver')
  @Requires('session', MANAGE)
  @Operation({ ...REDELIVERY, errors: [errors.webhook_not_found, ...REDELIVERY_ERRORS] })
  redeliverWebhookDelivery(
    @CurrentActor() actor: OrganizationActor,
    @PathId('webhook_id', errors.webhook_not_found) webhookId: string,
    @PathId('delivery_id', errors.webhook_delivery_not_found) id: string,
  ): Promise<WebhookDeliveryResponse> {
    return this.deliveries.redeliver(actor, id, webhookId);
  }

  @Post('deliveries/:delivery_id/redeliver')
  @Requires('session', MANAGE)
  @Operation({
    ...REDELIVERY,
    summary: 'Deliver again, without the id of the webhook',
    errors: REDELIVERY_ERRORS,
  })
  redeliverDelivery(
    @CurrentActor() actor: OrganizationActor,
    @PathId('delivery_id', errors.webhook_delivery_not_found) id: string,
  ): Promise<WebhookDeliveryResponse> {
    return this.deliveries.redeliver(actor, id);
  }
}
