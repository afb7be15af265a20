import { Module } from '@nestjs/common';
import { OrganizationsModule } from '@/modules/organizations/index.js';
import { UsersModule } from '@/modules/users/index.js';
import { AuthMailModule } from '../mail/auth-mail.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { CodesModule } from '../two-factor/codes/codes.module.js';
import { TwoFactorModule } from '../two-factor/two-factor.module.js';
import { LoginCompletionService } from './login-completion.service.js';
import { LogoutService } from './logout.service.js';
import { PasswordLoginService } from './password-login.service.js';
import { SecondFactorLoginService } from './second-factor-login.service.js';
import { TwoFactorSetupLoginService } from './two-factor-setup-login.service.js';
import { XcLoginController } from './xc-login.controller.js';
import { XcLoginService } from './xc-login.service.js';
import { XcTwoFactorLoginController } from './xc-two-factor-login.controller.js';
import { XentreeLoginController } from './xentree-login.controller.js';
import { XentreeLoginService } from './xentree-login.service.js';

/** Log-in, refresh and log-out of both APIs. */
@Module({
  imports: [
    AuthMailModule,
    CodesModule,
    OrganizationsModule,
    PasswordsModule,
    SessionsModule,
    TokensModule,
    TwoFactorModule,
    UsersModule,
  ],
  controllers: [XentreeLoginController, XcLoginController, XcTwoFactorLoginController],
  providers: [
    LoginCompletionService,
    PasswordLoginService,
    SecondFactorLoginService,
    TwoFactorSetupLoginService,
    LogoutService,
    XentreeLoginService,
    XcLoginService,
  ],
  exports: [LoginCompletionService],
})
export class LoginModule {}
