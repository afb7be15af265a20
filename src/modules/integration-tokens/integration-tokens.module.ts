import { Module, type OnModuleInit } from '@nestjs/common';
import { SecretRotation } from '@/platform/crypto/index.js';
import { Sweeper } from '@/platform/jobs/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { MembershipEvents, OrganizationsModule } from '../organizations/index.js';
import { GrantBook } from './audited-grants.js';
import { GrantsService } from './grants.service.js';
import { IntegrationJwt } from './integration-jwt.service.js';
import { IntegrationTokensController } from './integration-tokens.controller.js';
import { IntegrationGrantRepository } from './persistence/integration-grant.repository.js';
import { IntegrationKeyRepository } from './persistence/integration-key.repository.js';
import { PublicKeys } from './public-keys.service.js';
import { KEY_BOX, TenantKeys } from './tenant-keys.service.js';
import { Verification } from './token-verification.service.js';

/** Short-lived tokens for what is embedded in other people's pages, under a key pair of each tenant. */
@Module({
  imports: [OrganizationsModule],
  controllers: [IntegrationTokensController],
  providers: [
    IntegrationKeyRepository,
    IntegrationGrantRepository,
    TenantKeys,
    IntegrationJwt,
    GrantBook,
    GrantsService,
    Verification,
    PublicKeys,
  ],
})
export class IntegrationTokensModule implements OnModuleInit {
  constructor(
    private readonly sweeper: Sweeper,
    private readonly rotation: SecretRotation,
    private readonly memberships: MembershipEvents,
    private readonly keys: IntegrationKeyRepository,
    private readonly grants: IntegrationGrantRepository,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.sweeper.expire('integration_grants');
    this.rotation.register({
      purpose: KEY_BOX,
      page: (after, limit) => this.keys.boxes(after, limit),
      replace: (kid, from, to) => this.keys.reseal(kid, from, to),
    });
    this.memberships.onEnd(async ({ organizationId, userId, endedBy }) => {
      const revocation = { at: this.clock.now(), by: endedBy, reason: 'member-removed' };
      await this.grants.revokeAllOf(organizationId, userId, revocation);
    });
  }
}
