import { Module } from '@nestjs/common';
import { OrganizationsModule } from '@/modules/organizations/index.js';
import { UsersModule } from '@/modules/users/index.js';
import { LoginModule } from '../login/login.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { RecoveryModule } from '../recovery/recovery.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { CaptchaVerifier } from './captcha-verifier.js';
import {
  InvitationAcceptanceService,
  InvitedAccountWriter,
  XcInvitationAcceptanceService,
} from './invitation-acceptance.service.js';
import { RefusedRegistrationInterceptor } from './refused-registration.interceptor.js';
import { RegistrationPolicy } from './registration-policy.js';
import { XcInvitationAcceptanceController } from './xc-invitation-acceptance.controller.js';
import { XcRegistrationController } from './xc-registration.controller.js';
import { OrganizationAccountWriter, XcRegistrationService } from './xc-registration.service.js';
import { XentreeRegistrationController } from './xentree-registration.controller.js';
import { XentreeRegistrationService } from './xentree-registration.service.js';

/** New accounts: by registration, and by an invitation to an organization. */
@Module({
  imports: [LoginModule, OrganizationsModule, PasswordsModule, RecoveryModule, TokensModule, UsersModule],
  controllers: [XentreeRegistrationController, XcRegistrationController, XcInvitationAcceptanceController],
  providers: [
    CaptchaVerifier,
    RefusedRegistrationInterceptor,
    RegistrationPolicy,
    XentreeRegistrationService,
    OrganizationAccountWriter,
    XcRegistrationService,
    InvitedAccountWriter,
    InvitationAcceptanceService,
    XcInvitationAcceptanceService,
  ],
})
export class RegistrationModule {}
