import { Module } from '@nestjs/common';
import { UsersModule } from '@/modules/users/index.js';
import { AccountModule } from '../account/account.module.js';
import { AuthMailModule } from '../mail/auth-mail.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { EmailLinkRequestService } from './email-link-request.service.js';
import { EmailLinkSender } from './email-link-sender.js';
import { EmailLinkService } from './email-link.service.js';
import { EmailReversionService } from './email-reversion.service.js';
import { LinkPagesController } from './link-pages.controller.js';
import { PasswordLinkService } from './password-link.service.js';
import { XcRecoveryController } from './xc-recovery.controller.js';

/** Links by e-mail: password reset, verification of an address, and the built-in pages they open. */
@Module({
  imports: [AccountModule, AuthMailModule, PasswordsModule, SessionsModule, UsersModule],
  controllers: [XcRecoveryController, LinkPagesController],
  providers: [
    EmailLinkSender,
    EmailLinkRequestService,
    EmailLinkService,
    EmailReversionService,
    PasswordLinkService,
  ],
  exports: [EmailLinkRequestService],
})
export class RecoveryModule {}
