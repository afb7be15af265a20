import { Module } from '@nestjs/common';
import { IntegrationTokensModule } from '@/modules/integration-tokens/index.js';
import { OrganizationsModule } from '@/modules/organizations/index.js';
import { EmbedQuotaService } from './embed-quota.service.js';
import { LivePayerService } from './live-payer.service.js';
import { LivePlanController } from './live-plan.controller.js';
import { LivePlanService } from './live-plan.service.js';
import { LivePlans } from './live-plans.js';
import { LiveQuotaController } from './live-quota.controller.js';
import { LiveQuotaService } from './live-quota.service.js';
import { LiveQuotaRepository } from './persistence/live-quota.repository.js';

/** How much time of live sessions a user or an organization has in a month, and who pays for it. */
@Module({
  imports: [IntegrationTokensModule, OrganizationsModule],
  controllers: [LiveQuotaController, LivePlanController],
  providers: [
    LiveQuotaRepository,
    LivePlans,
    LivePayerService,
    LiveQuotaService,
    EmbedQuotaService,
    LivePlanService,
  ],
  exports: [LivePlans, LivePayerService],
})
export class LiveQuotaModule {}
