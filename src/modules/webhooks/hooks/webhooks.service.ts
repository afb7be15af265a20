import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import { type PageQuery, toPage, windowById } from '@/platform/pagination/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { assertUnchanged } from '@/platform/validation/index.js';
import { EndpointValidator } from '../endpoints/endpoint-validator.js';
import { webhookErrors } from '../webhooks.errors.js';
import { AuditedWebhooks } from './audited-webhooks.js';
import type { CreateWebhookRequest, UpdateWebhookRequest } from './dto/webhook.requests.js';
import { type NewWebhookResponse, WebhookResponse } from './dto/webhook.responses.js';
import type { Webhook } from './persistence/webhook.entity.js';
import { WebhookRepository } from './persistence/webhook.repository.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { applyUpdate } from './webhook-update.rules.js';

/** Creates, lists, changes and deletes the webhooks of an organization. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly auditedWebhooks: AuditedWebhooks,
    private readonly secrets: WebhookSecrets,
    private readonly endpoints: EndpointValidator,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** The response is the only one with the secret. Throws `webhook_limit_reached`, and 400 for an address that is refused. */
  async create(actor: OrganizationActor, request: CreateWebhookRequest): Promise<NewWebhookResponse> {
    await this.endpoints.validate(request.url);
    const now = this.clock.now();
    return this.unitOfWork.run(async () => {
      await this.auditedWebhooks.reauthorize(actor, { exclusive: true });
      const webhook = await this.auditedWebhooks.create(actor, {
        id: newId(),
        organization_id: actor.organization.id,
        url: request.url,
        events: request.events,
        description: request.description ?? null,
        enabled: true,
        disabled_reason: null,
        created_by: actor.userId,
        created_at: now,
        updated_at: now,
        last_success_at: null,
      });
      return { ...WebhookResponse.from(webhook), secret: await this.secrets.create(webhook.id) };
    });
  }

  async list({ organization }: OrganizationActor, query: PageQuery): Promise<WebhookResponse[]> {
    const window = windowById(query);
    const rows = await this.webhooks.list(organization.id, window);
    return toPage(window, rows, ({ id }) => id).map((row) => WebhookResponse.from(row));
  }

  /** A change of nothing writes nothing. Throws `webhook_not_found`, and 400 for an address that is refused. */
  async update(
    actor: OrganizationActor,
    id: string,
    request: UpdateWebhookRequest,
  ): Promise<WebhookResponse> {
    await this.validateNewUrl(actor, id, request);
    return this.unitOfWork.run(async () => {
      await this.auditedWebhooks.reauthorize(actor);
      const current = await this.auditedWebhooks.lock(actor.organization.id, id);
      assertUnchanged(request, WebhookResponse.from(current));
      const { webhook, fields } = applyUpdate(current, request, this.clock.now());
      if (fields.length > 0) await this.auditedWebhooks.update(actor, webhook, fields);
      return WebhookResponse.from(webhook);
    });
  }

  /** Deletes a webhook; its deliveries stop. Throws `webhook_not_found`. */
  async delete(actor: OrganizationActor, id: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      await this.auditedWebhooks.reauthorize(actor);
      await this.auditedWebhooks.delete(actor, id);
    });
  }

  /** Replaces the secret. Concurrent calls run one after the other, so the last response has the current secret. */
  async rotateSecret(actor: OrganizationActor, id: string): Promise<NewWebhookResponse> {
    return this.unitOfWork.run(async () => {
      await this.auditedWebhooks.reauthorize(actor);
      const webhook: Webhook = await this.auditedWebhooks.lock(actor.organization.id, id);
      const secret = await this.secrets.replace(id);
      await this.auditedWebhooks.record(actor, 'secret_rotated', id);
      return { ...WebhookResponse.from(webhook), secret };
    });
  }

  /** Resolves the name before the transaction. The present URL was judged when it was set. */
  private async validateNewUrl(
    { organization }: OrganizationActor,
    id: string,
    { url }: UpdateWebhookRequest,
  ): Promise<void> {
    if (url === undefined) return;
    const current = await this.webhooks.find(organization.id, id);
    if (!current) throw webhookErrors.webhook_not_found();
    if (url !== current.url) await this.endpoints.validate(url);
  }
}
