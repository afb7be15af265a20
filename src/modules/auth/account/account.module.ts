import { Module } from '@nestjs/common';
import { OrganizationsModule } from '@/modules/organizations/index.js';
import { UsersModule } from '@/modules/users/index.js';
import { AuthMailModule } from '../mail/auth-mail.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { CodesModule } from '../two-factor/codes/codes.module.js';
import { TwoFactorModule } from '../two-factor/two-factor.module.js';
import { AccountErasureService } from './account-erasure.service.js';
import { AccountUpdateService } from './account-update.service.js';
import { AccountController } from './account.controller.js';
import { DataExportService } from './data-export.service.js';
import { EmailChangeService } from './email-change.service.js';
import { OutstandingProofsService } from './outstanding-proofs.service.js';
import { PasswordChangeService } from './password-change.service.js';
import { XcUsersController } from './xc-users.controller.js';

/** What users do with their own account: read, change, export and erase it. */
@Module({
  imports: [
    AuthMailModule,
    CodesModule,
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
    OutstandingProofsService,
    EmailChangeService,
    AccountErasureService,
    DataExportService,
  ],
  exports: [AccountErasureService, OutstandingProofsService, PasswordChangeService],
})
export class AccountModule {}
