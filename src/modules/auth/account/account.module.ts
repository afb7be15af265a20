import { Module } from '@nestjs/common';
import { OrganizationsModule } from '@/modules/organizations/index.js';
import { UsersModule } from '@/modules/users/index.js';
import { AuthMailModule } from '../mail/auth-mail.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TwoFactorModule } from '../two-factor/two-factor.module.js';
import { AccountErasureService } from './account-erasure.service.js';
import { AccountUpdateService } from './account-update.service.js';
import { AccountController } from './account.controller.js';
import { DataExportService } from './data-export.service.js';
import { EmailChangeService } from './email-change.service.js';
import { PasswordChangeService } from './password-change.service.js';
import { XcUsersController } from './xc-users.controller.js';

/** What users do with their own account: read, change, export and erase it. */
@Module({
  imports: [
    AuthMailModule,
    OrganizationsModule,
    PasswordsModule,
    SessionsModule,
    TwoFactorModule,
    UsersModule,
  ],
  controllers: [AccountController, XcUsersController],
  providers: [
    AccountUpdateService,
    PasswordChangeService,
    EmailChangeService,
    AccountErasureService,
    DataExportService,
  ],
  exports: [PasswordChangeService],
})
export class AccountModule {}
