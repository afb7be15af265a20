import { Module } from '@nestjs/common';
import { AccountModule } from './account/account.module.js';
import { UserAdministrationModule } from './administration/user-administration.module.js';
import { LoginModule } from './login/login.module.js';
import { RecoveryModule } from './recovery/recovery.module.js';
import { RegistrationModule } from './registration/registration.module.js';
import { TokensModule } from './tokens/tokens.module.js';
import { TwoFactorModule } from './two-factor/two-factor.module.js';

/**
 * Authentication and accounts in both APIs; the imports are in the order of the API reference. Exports the
 * `AccessTokenResolver` of `TokensModule`, a port of the platform that the access guard calls.
 */
@Module({
  imports: [
    RegistrationModule,
    LoginModule,
    TwoFactorModule,
    RecoveryModule,
    AccountModule,
    UserAdministrationModule,
    TokensModule,
  ],
  exports: [TokensModule],
})
export class AuthModule {}
