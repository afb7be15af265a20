import { Module } from '@nestjs/common';
import { UsersModule } from '@/modules/users/index.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { NewPasswordHasher } from './new-password-hasher.js';
import { PasswordPolicy } from './password-policy.js';
import { PasswordVerifier } from './password-verifier.js';
import { ReauthenticationService } from './reauthentication.service.js';

/** Passwords: their strength, their hashes, and the limits on wrong ones. */
@Module({
  imports: [SessionsModule, UsersModule],
  providers: [PasswordPolicy, NewPasswordHasher, PasswordVerifier, ReauthenticationService],
  exports: [NewPasswordHasher, PasswordVerifier, ReauthenticationService],
})
export class PasswordsModule {}
