import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { ActorResolver } from '@/platform/access/actor.js';
import { SecretRotation } from '@/platform/crypto/index.js';
import { Sweeper } from '@/platform/jobs/index.js';
import { OrganizationsModule } from '../organizations/index.js';
import { UsersModule } from '../users/index.js';
import { ErasureService } from './account/account-erasure.service.js';
import { AccountUpdateService } from './account/account-update.service.js';
import { AccountController } from './account/account.controller.js';
import { ExportService } from './account/data-export.service.js';
import { EmailChangeService } from './account/email-change.service.js';
import { Passwords } from './account/password-change.service.js';
import { XcUsersController } from './account/xc-users.controller.js';
import { AdministeredPassword } from './administration/administered-password.js';
import { AccountPowers } from './administration/managed-account.service.js';
import { ProvisionedAccounts } from './administration/provisioned-accounts.js';
import { ProvisioningService } from './administration/provisioning.service.js';
import { UserAdministration } from './administration/user-administration.service.js';
import { UserChanges } from './administration/user-update.service.js';
import { Welcome } from './administration/welcome.js';
import { XcUsersAdminController } from './administration/xc-users-admin.controller.js';
import { SetupStepService } from './login/enrolment-login.service.js';
import { LoginService } from './login/login.service.js';
import { LogoutService } from './login/logout.service.js';
import { SecondStepService } from './login/second-factor-login.service.js';
import { Logins } from './login/session-opener.js';
import { XcAuthController } from './login/xc-auth.controller.js';
import { XcAuthService } from './login/xc-auth.service.js';
import { XcLoginStepsController } from './login/xc-two-factor-login.controller.js';
import { XentreeAuthController } from './login/xentree-auth.controller.js';
import { XentreeAuthService } from './login/xentree-auth.service.js';
import { AuthMail } from './mail/auth-mailer.js';
import { MailTokens } from './mail/email-tokens.js';
import { MailTokenRepository } from './mail/persistence/email-token.repository.js';
import { NewPassword } from './passwords/new-password-hasher.js';
import { PasswordPolicy } from './passwords/password-policy.js';
import { PasswordCheck } from './passwords/password-verifier.js';
import { Reauthentication } from './passwords/reauthentication.service.js';
import { LinkRequests } from './recovery/email-link-request.service.js';
import { LinksService } from './recovery/email-link.service.js';
import { LinkPagesController } from './recovery/link-pages.controller.js';
import { XcRecoveryController } from './recovery/xc-recovery.controller.js';
import { Captcha } from './registration/captcha-verifier.js';
import { FirstLogin } from './registration/first-login.js';
import { InvitationAcceptance } from './registration/invitation-acceptance.service.js';
import { Admission } from './registration/registration-policy.js';
import { RegistrationService } from './registration/registration.service.js';
import { XcInvitationAcceptanceController } from './registration/xc-invitation-acceptance.controller.js';
import { XcRegistrationService } from './registration/xc-registration.service.js';
import { SessionRepository } from './sessions/persistence/session.repository.js';
import { SessionCache } from './sessions/session-cache.js';
import { SessionsService } from './sessions/sessions.service.js';
import { BearerStrategy } from './tokens/access-token.strategy.js';
import { AccessTokens } from './tokens/access-tokens.js';
import { JwksController } from './tokens/jwks.controller.js';
import { RefreshTokens } from './tokens/refresh-tokens.js';
import { RefreshService } from './tokens/refresh.service.js';
import { Actors } from './tokens/session-authenticator.js';
import { SigningKeys } from './tokens/signing-keys.js';
import { TokenPairs } from './tokens/token-pair-issuer.js';
import { TokenSigner } from './tokens/token-signer.js';
import { CodeAttempts } from './two-factor/codes/code-attempt-limiter.js';
import { CodeSecrets, SECRET } from './two-factor/codes/code-hasher.js';
import { Codes } from './two-factor/codes/code-verifier.js';
import { EmailCodes } from './two-factor/codes/email-codes.service.js';
import { EmailCodeRepository } from './two-factor/codes/persistence/email-code.repository.js';
import { SecondFactorRepository } from './two-factor/codes/persistence/second-factor.repository.js';
import { Totp } from './two-factor/codes/totp.js';
import { ChallengesService } from './two-factor/login-challenges.service.js';
import { EnrolmentService } from './two-factor/pending-factors.service.js';
import { ChallengeRepository } from './two-factor/persistence/login-challenge.repository.js';
import { SecondFactors } from './two-factor/second-factors.service.js';
import { CodeGate } from './two-factor/step-up.service.js';
import { TwoFactorSetup } from './two-factor/two-factor-enrolment.service.js';
import { TwoFactorUse } from './two-factor/two-factor.service.js';
import { XcTwoFactorController } from './two-factor/xc-two-factor.controller.js';

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
