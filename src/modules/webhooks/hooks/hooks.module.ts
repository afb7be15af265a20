import { Module, type OnModuleInit } from '@nestjs/common';
import { OrganizationsModule } from '@/modules/organizations/index.js';
import { SecretRotation } from '@/platform/crypto/index.js';
import { ExpiredRowSweeper } from '@/platform/jobs/index.js';
import { EndpointsModule } from '../endpoints/endpoints.module.js';
import { AuditedWebhooks } from './audited-webhooks.js';
import { WebhookSecretRepository } from './persistence/webhook-secret.repository.js';
import { WebhookRepository } from './persistence/webhook.repository.js';
import { SECRET_PURPOSE } from './secret.rules.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { WebhooksController } from './webhooks.controller.js';
import { WebhooksService } from './webhooks.service.js';

/** The webhooks of organizations, and their secrets. */
@Module({
  imports: [OrganizationsModule, EndpointsModule],
  controllers: [WebhooksController],
  providers: [WebhookRepository, WebhookSecretRepository, WebhookSecrets, AuditedWebhooks, WebhooksService],
  exports: [WebhookRepository, WebhookSecrets],
})
export class HooksModule implements OnModuleInit {
  constructor(
    private readonly sweeper: ExpiredRowSweeper,
    private readonly rotation: SecretRotation,
    private readonly secrets: WebhookSecretRepository,
  ) {}

  onModuleInit(): void {
    this.sweeper.registerTable('webhook_secrets');
    this.rotation.register({
      purpose: SECRET_PURPOSE,
      findPage: (after, limit) => this.secrets.listSealed(after, limit),
      replace: (id, from, to) => this.secrets.reseal(id, from, to),
    });
  }
}
