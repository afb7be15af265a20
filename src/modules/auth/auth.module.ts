import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { SecretRotation } from '../../platform/crypto/index.js';
import { ActorResolver } from '../../platform/http/actor.js';
import { Sweeper } from '../../platform/jobs/index.js';
import { OrganizationsModule } from '../organizations/index.js';
import { UsersModule } from '../users/index.js';
import { AccountController } from './account/account.controller.js';
import { AccountUpdateService } from './account/account-update.service.js';
import { EmailChangeService } from './account/email-change.service.js';
import { ErasureService } from './account/erasure.service.js';
import { ExportService } from './account/export.service.js';
import { XcUsersController } from './account/xc-users.controller.js';
import { AccountPowers } from './administration/account-powers.js';
import { AdministeredPassword } from './administration/administered-password.js';
import { ProvisionedAccounts } from './administration/provisioned-accounts.js';
import { ProvisioningService } from './administration/provisioning.service.js';
import { UserAdministration } from './administration/user-administration.service.js';
import { UserChanges } from './administration/user-changes.js';
import { Welcome } from './administration/welcome.js';
import { XcUsersAdminController } from './administration/xc-users-admin.controller.js';
import { ChallengesService } from './login/challenges.service.js';
import { LoginService } from './login/login.service.js';
import { Logins } from './login/logins.js';
import { SecondStepService } from './login/second-step.service.js';
import { SetupStepService } from './login/setup-step.service.js';
import { AuthMail } from './mail/auth-mail.js';
import { NewPassword } from './passwords/new-password.js';
import { PasswordCheck } from './passwords/password-check.js';
import { PasswordPolicy } from './passwords/password-policy.js';
import { Passwords } from './passwords/passwords.service.js';
import { Reauthentication } from './passwords/reauthentication.js';
import { LinkPagesController } from './recovery/link-pages.controller.js';
import { LinkRequests } from './recovery/link-requests.service.js';
import { LinksService } from './recovery/links.service.js';
import { MailTokens } from './recovery/mail-tokens.service.js';
import { MailTokenRepository } from './recovery/persistence/mail-token.repository.js';
import { Admission } from './registration/admission.js';
import { Captcha } from './registration/captcha.js';
import { FirstLogin } from './registration/first-login.js';
import { InvitationAcceptance } from './registration/invitation-acceptance.service.js';
import { RegistrationService } from './registration/registration.service.js';
import { XcRegistrationService } from './registration/xc-registration.service.js';
import { LogoutService } from './sessions/logout.service.js';
import { SessionRepository } from './sessions/persistence/session.repository.js';
import { SessionCache } from './sessions/session-cache.js';
import { SessionsService } from './sessions/sessions.service.js';
import { AccessTokens } from './tokens/access-tokens.js';
import { Actors } from './tokens/actors.js';
import { BearerStrategy } from './tokens/bearer.strategy.js';
import { JwksController } from './tokens/jwks.controller.js';
import { RefreshTokens } from './tokens/refresh-tokens.js';
import { RefreshService } from './tokens/refresh.service.js';
import { SigningKeys } from './tokens/signing-keys.js';
import { TokenPairs } from './tokens/token-pairs.js';
import { TokenSigner } from './tokens/token-signer.js';
import { CodeAttempts } from './two-factor/code-attempts.js';
import { CodeGate } from './two-factor/code-gate.js';
import { CodeSecrets, SECRET } from './two-factor/code-secrets.js';
import { Codes } from './two-factor/codes.js';
import { EmailCodes } from './two-factor/email-codes.service.js';
import { EnrolmentService } from './two-factor/enrolment.service.js';
import { ChallengeRepository } from './two-factor/persistence/challenge.repository.js';
import { EmailCodeRepository } from './two-factor/persistence/email-code.repository.js';
import { SecondFactorRepository } from './two-factor/persistence/second-factor.repository.js';
import { SecondFactors } from './two-factor/second-factors.service.js';
import { Totp } from './two-factor/totp.js';
import { TwoFactorSetup } from './two-factor/two-factor-setup.service.js';
import { TwoFactorUse } from './two-factor/two-factor-use.service.js';
import { XcAuthController } from './xc-auth.controller.js';
import { XcAuthService } from './xc-auth.service.js';
import { XcInvitationAcceptanceController } from './xc-invitation-acceptance.controller.js';
import { XcLoginStepsController } from './xc-login-steps.controller.js';
import { XcRecoveryController } from './xc-recovery.controller.js';
import { XcTwoFactorController } from './xc-two-factor.controller.js';
import { XentreeAuthController } from './xentree-auth.controller.js';
import { XentreeAuthService } from './xentree-auth.service.js';

const FACES = [
  XentreeAuthController,
  AccountController,
  XcAuthController,
  XcLoginStepsController,
  XcTwoFactorController,
  XcRecoveryController,
  XcUsersController,
  XcUsersAdminController,
  XcInvitationAcceptanceController,
  JwksController,
  LinkPagesController,
];

const PASSWORDS = [PasswordPolicy, NewPassword, PasswordCheck, Passwords, Reauthentication];
const SESSIONS = [SessionRepository, SessionCache, SessionsService, LogoutService];
const TOKENS = [
  SigningKeys,
  TokenSigner,
  AccessTokens,
  RefreshTokens,
  TokenPairs,
  RefreshService,
  BearerStrategy,
  Actors,
];
const FACTORS = [
  SecondFactorRepository,
  EmailCodeRepository,
  ChallengeRepository,
  Totp,
  CodeSecrets,
  EmailCodes,
  Codes,
];
const TWO_FACTOR = [
  ...FACTORS,
  CodeAttempts,
  CodeGate,
  EnrolmentService,
  SecondFactors,
  TwoFactorSetup,
  TwoFactorUse,
];
const LOGIN = [ChallengesService, Logins, LoginService, SecondStepService, SetupStepService];
const RECOVERY = [MailTokenRepository, MailTokens, AuthMail, LinkRequests, LinksService];
const REGISTRATION = [
  Captcha,
  Admission,
  RegistrationService,
  XcRegistrationService,
  FirstLogin,
  InvitationAcceptance,
];
const ADMINISTRATION = [
  Welcome,
  ProvisionedAccounts,
  ProvisioningService,
  AccountPowers,
  AdministeredPassword,
  UserChanges,
  UserAdministration,
];
const ACCOUNT = [AccountUpdateService, EmailChangeService, ErasureService, ExportService];

const EXPIRING = ['sessions', 'login_challenges', 'email_codes', 'pending_factors', 'mail_tokens'];

/** Who somebody is: registration, login, second factors, sessions and tokens, on both faces. */
@Global()
@Module({
  imports: [UsersModule, OrganizationsModule],
  controllers: FACES,
  providers: [
    ...[
      PASSWORDS,
      SESSIONS,
      TOKENS,
      TWO_FACTOR,
      LOGIN,
      RECOVERY,
      REGISTRATION,
      ACCOUNT,
      ADMINISTRATION,
    ].flat(),
    XentreeAuthService,
    XcAuthService,
    { provide: ActorResolver, useExisting: Actors },
  ],
  exports: [ActorResolver],
})
export class AuthModule implements OnModuleInit {
  constructor(
    private readonly sweeper: Sweeper,
    private readonly rotation: SecretRotation,
    private readonly factors: SecondFactorRepository,
  ) {}

  onModuleInit(): void {
    EXPIRING.forEach((table) => this.sweeper.expire(table));
    this.rotation.register({
      purpose: SECRET,
      page: (after, limit) => this.factors.sealed(after, limit),
      replace: (userId, from, to) => this.factors.reseal(userId, from, to),
    });
  }
}
