import { Module, type OnModuleInit } from '@nestjs/common';
import { OrganizationsModule } from '@/modules/organizations/index.js';
import { UsersModule } from '@/modules/users/index.js';
import { ExpiredRowSweeper } from '@/platform/jobs/index.js';
import { AuthMailModule } from '../mail/auth-mail.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { CodesModule } from './codes/codes.module.js';
import { LoginChallengesService } from './login-challenges.service.js';
import { PendingFactorsService } from './pending-factors.service.js';
import { LoginChallengeRepository } from './persistence/login-challenge.repository.js';
import { PendingFactorRepository } from './persistence/pending-factor.repository.js';
import { SecondFactorsService } from './second-factors.service.js';
import { StepUpService } from './step-up.service.js';
import { TwoFactorManagementService } from './two-factor-management.service.js';
import { TwoFactorSetupService } from './two-factor-setup.service.js';
import { XcTwoFactorController } from './xc-two-factor.controller.js';

/** Second factors: set up, switched off, used by a signed-in user; and the challenges of logins that need one. */
@Module({
  imports: [
    AuthMailModule,
    CodesModule,
    OrganizationsModule,
    PasswordsModule,
    SessionsModule,
    TokensModule,
    UsersModule,
  ],
  controllers: [XcTwoFactorController],
  providers: [
    LoginChallengeRepository,
    PendingFactorRepository,
    LoginChallengesService,
    PendingFactorsService,
    SecondFactorsService,
    StepUpService,
    TwoFactorSetupService,
    TwoFactorManagementService,
  ],
  exports: [LoginChallengesService, PendingFactorsService, SecondFactorsService, StepUpService],
})
export class TwoFactorModule implements OnModuleInit {
  constructor(private readonly sweeper: ExpiredRowSweeper) {}

  onModuleInit(): void {
    this.sweeper.registerTable('login_challenges');
    this.sweeper.registerTable('pending_factors');
  }
}
