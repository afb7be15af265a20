import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { SecretRotation } from '@/platform/crypto/index.js';
import { ExpiredRowSweeper } from '@/platform/jobs/index.js';
import { OrganizationsModule } from '../organizations/index.js';
import { UsersModule } from '../users/index.js';
import { AccountErasureService } from './account/account-erasure.service.js';
import { AccountUpdateService } from './account/account-update.service.js';
import { AccountController } from './account/account.controller.js';
import { DataExportService } from './account/data-export.service.js';
import { EmailChangeService } from './account/email-change.service.js';
import { PasswordChangeService } from './account/password-change.service.js';
import { XcUsersController } from './account/xc-users.controller.js';
import { ManagedPasswordHasher } from './administration/administered-password.js';
import { ManagedAccountService } from './administration/managed-account.service.js';
import { ProvisionedAccountWriter } from './administration/provisioned-accounts.js';
import { ProvisioningService } from './administration/provisioning.service.js';
import { UserAdministrationService } from './administration/user-administration.service.js';
import { UserUpdateService } from './administration/user-update.service.js';
import { WelcomeMailer } from './administration/welcome.js';
import { XcUsersAdminController } from './administration/xc-users-admin.controller.js';
import { TwoFactorSetupLoginService } from './login/two-factor-setup-login.service.js';
import { PasswordLoginService } from './login/password-login.service.js';
import { LogoutService } from './login/logout.service.js';
import { SecondFactorLoginService } from './login/second-factor-login.service.js';
import { SessionOpener } from './login/session-opener.js';
import { XcLoginController } from './login/xc-login.controller.js';
import { XcLoginService } from './login/xc-login.service.js';
import { XcTwoFactorLoginController } from './login/xc-two-factor-login.controller.js';
import { XentreeLoginController } from './login/xentree-login.controller.js';
import { XentreeLoginService } from './login/xentree-login.service.js';
import { AuthMailer } from './mail/auth-mailer.js';
import { EmailTokens } from './mail/email-tokens.js';
import { EmailTokenRepository } from './mail/persistence/email-token.repository.js';
import { NewPasswordHasher } from './passwords/new-password-hasher.js';
import { PasswordPolicy } from './passwords/password-policy.js';
import { PasswordVerifier } from './passwords/password-verifier.js';
import { ReauthenticationService } from './passwords/reauthentication.service.js';
import { EmailLinkRequestService } from './recovery/email-link-request.service.js';
import { EmailLinkService } from './recovery/email-link.service.js';
import { LinkPagesController } from './recovery/link-pages.controller.js';
import { XcRecoveryController } from './recovery/xc-recovery.controller.js';
import { CaptchaVerifier } from './registration/captcha-verifier.js';
import { FirstSessionOpener } from './registration/first-login.js';
import { InvitationAcceptanceService } from './registration/invitation-acceptance.service.js';
import { RegistrationPolicy } from './registration/registration-policy.js';
import { XentreeRegistrationService } from './registration/xentree-registration.service.js';
import { XcInvitationAcceptanceController } from './registration/xc-invitation-acceptance.controller.js';
import { XcRegistrationService } from './registration/xc-registration.service.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { TokensModule } from './tokens/tokens.module.js';
import { CodeAttemptLimiter } from './two-factor/codes/code-attempt-limiter.js';
import { CodeHasher, TOTP_SECRET } from './two-factor/codes/code-hasher.js';
import { CodeVerifier } from './two-factor/codes/code-verifier.js';
import { EmailCodesService } from './two-factor/codes/email-codes.service.js';
import { EmailCodeRepository } from './two-factor/codes/persistence/email-code.repository.js';
import { SecondFactorRepository } from './two-factor/codes/persistence/second-factor.repository.js';
import { Totp } from './two-factor/codes/totp.js';
import { LoginChallengesService } from './two-factor/login-challenges.service.js';
import { PendingFactorsService } from './two-factor/pending-factors.service.js';
import { LoginChallengeRepository } from './two-factor/persistence/login-challenge.repository.js';
import { SecondFactorsService } from './two-factor/second-factors.service.js';
import { CodeConfirmationService } from './two-factor/code-confirmation.service.js';
import { TwoFactorSetupService } from './two-factor/two-factor-setup.service.js';
import { TwoFactorManagementService } from './two-factor/two-factor-management.service.js';
import { XcTwoFactorController } from './two-factor/xc-two-factor.controller.js';

const CONTROLLERS = [
  XentreeLoginController,
  AccountController,
  XcLoginController,
  XcTwoFactorLoginController,
  XcTwoFactorController,
  XcRecoveryController,
  XcUsersController,
  XcUsersAdminController,
  XcInvitationAcceptanceController,
  LinkPagesController,
];

const PASSWORDS = [
  PasswordPolicy,
  NewPasswordHasher,
  PasswordVerifier,
  PasswordChangeService,
  ReauthenticationService,
];
const CODE_PROVIDERS = [
  SecondFactorRepository,
  EmailCodeRepository,
  LoginChallengeRepository,
  Totp,
  CodeHasher,
  EmailCodesService,
  CodeVerifier,
];
const TWO_FACTOR = [
  ...CODE_PROVIDERS,
  CodeAttemptLimiter,
  CodeConfirmationService,
  PendingFactorsService,
  SecondFactorsService,
  TwoFactorSetupService,
  TwoFactorManagementService,
];
const LOGIN = [
  LogoutService,
  LoginChallengesService,
  SessionOpener,
  PasswordLoginService,
  SecondFactorLoginService,
  TwoFactorSetupLoginService,
];
const RECOVERY = [EmailTokenRepository, EmailTokens, AuthMailer, EmailLinkRequestService, EmailLinkService];
const REGISTRATION = [
  CaptchaVerifier,
  RegistrationPolicy,
  XentreeRegistrationService,
  XcRegistrationService,
  FirstSessionOpener,
  InvitationAcceptanceService,
];
const ADMINISTRATION = [
  WelcomeMailer,
  ProvisionedAccountWriter,
  ProvisioningService,
  ManagedAccountService,
  ManagedPasswordHasher,
  UserUpdateService,
  UserAdministrationService,
];
const ACCOUNT = [AccountUpdateService, EmailChangeService, AccountErasureService, DataExportService];

const EXPIRING_TABLES = ['login_challenges', 'email_codes', 'pending_factors', 'mail_tokens'];

/** Who somebody is: registration, login, second factors, sessions and tokens, on both faces. */
@Global()
@Module({
  imports: [UsersModule, OrganizationsModule, SessionsModule, TokensModule],
  controllers: CONTROLLERS,
  providers: [
    ...[PASSWORDS, TWO_FACTOR, LOGIN, RECOVERY, REGISTRATION, ACCOUNT, ADMINISTRATION].flat(),
    XentreeLoginService,
    XcLoginService,
  ],
  exports: [TokensModule],
})
export class AuthModule implements OnModuleInit {
  constructor(
    private readonly sweeper: ExpiredRowSweeper,
    private readonly secretRotation: SecretRotation,
    private readonly secondFactors: SecondFactorRepository,
  ) {}

  onModuleInit(): void {
    EXPIRING_TABLES.forEach((table) => this.sweeper.registerTable(table));
    this.secretRotation.register({
      purpose: TOTP_SECRET,
      findPage: (after, limit) => this.secondFactors.listSealedSecrets(after, limit),
      replace: (userId, from, to) => this.secondFactors.replaceSealedSecret(userId, from, to),
    });
  }
}
