import { Module } from '@nestjs/common';
import { OrganizationsModule } from '@/modules/organizations/index.js';
import { UsersModule } from '@/modules/users/index.js';
import { AccountModule } from '../account/account.module.js';
import { AuthMailModule } from '../mail/auth-mail.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TwoFactorModule } from '../two-factor/two-factor.module.js';
import { ManagedAccountPolicy } from './managed-account-policy.js';
import { ManagedAccountService } from './managed-account.service.js';
import { ManagedEmailService } from './managed-email.service.js';
import { ProvisionedAccountWriter, ProvisioningService, WelcomeMailer } from './provisioning.service.js';
import { UnacceptedAccountLock, UnacceptedAccountService } from './unaccepted-account.service.js';
import { ManagedPasswordHasher, UserAdministrationService } from './user-administration.service.js';
import { UserUpdateService } from './user-update.service.js';
import { XcUsersAdminController } from './xc-users-admin.controller.js';

/** What administrators of an organization do with the accounts of its users. */
@Module({
  imports: [
    AccountModule,
    AuthMailModule,
    OrganizationsModule,
    PasswordsModule,
    SessionsModule,
    TwoFactorModule,
    UsersModule,
  ],
  controllers: [XcUsersAdminController],
  providers: [
    WelcomeMailer,
    ProvisionedAccountWriter,
    ProvisioningService,
    ManagedAccountPolicy,
    ManagedEmailService,
    ManagedAccountService,
    ManagedPasswordHasher,
    UserUpdateService,
    UserAdministrationService,
    UnacceptedAccountLock,
    UnacceptedAccountService,
  ],
})
export class UserAdministrationModule {}
