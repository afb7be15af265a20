import { Module, type OnModuleInit } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { SecretRotation } from '@/platform/crypto/index.js';
import { ExpiredRowSweeper } from '@/platform/jobs/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { MembershipEvents, OrganizationsModule } from '../organizations/index.js';
import { AuditedGrants } from './audited-grants.js';
import { GrantsService } from './grants.service.js';
import { IntegrationJwtService } from './integration-jwt.service.js';
import { IntegrationTokenAuthenticator } from './integration-token-authenticator.js';
import { IntegrationTokensController } from './integration-tokens.controller.js';
import { IntegrationGrantRepository } from './persistence/integration-grant.repository.js';
import { IntegrationKeyRepository } from './persistence/integration-key.repository.js';
import { PublicKeysService } from './public-keys.service.js';
import { INTEGRATION_KEY_PURPOSE, TenantKeysService } from './tenant-keys.service.js';
import { TokenVerificationService } from './token-verification.service.js';

/**
 * Issues short-lived tokens for widgets embedded in pages of partners. Each tenant has its own RSA key pair, so
 * partners can verify tokens with the published keys.
 */
@Module({
  imports: [OrganizationsModule, JwtModule.register({})],
  controllers: [IntegrationTokensController],
  providers: [
    IntegrationKeyRepository,
    IntegrationGrantRepository,
    TenantKeysService,
    IntegrationJwtService,
    AuditedGrants,
    GrantsService,
    TokenVerificationService,
    PublicKeysService,
    IntegrationTokenAuthenticator,
  ],
  exports: [IntegrationTokenAuthenticator],
})
export class IntegrationTokensModule implements OnModuleInit {
  constructor(
    private readonly sweeper: ExpiredRowSweeper,
    private readonly rotation: SecretRotation,
    private readonly memberships: MembershipEvents,
    private readonly keys: IntegrationKeyRepository,
    private readonly grants: IntegrationGrantRepository,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.sweeper.registerTable('integration_grants');
    this.rotation.register({
      purpose: INTEGRATION_KEY_PURPOSE,
      findPage: (after, limit) => this.keys.listSealed(after, limit),
      replace: (kid, from, to) => this.keys.reseal(kid, from, to),
    });
    this.memberships.onEnded(async ({ organizationId, userId, endedBy }) => {
      const revocation = { at: this.clock.now(), by: endedBy, reason: 'member-removed' };
      await this.grants.revokeAllByCreator(organizationId, userId, revocation);
    });
  }
}
