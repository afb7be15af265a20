import { Module, type OnModuleInit } from '@nestjs/common';
import { UsersModule } from '@/modules/users/index.js';
import { ExpiredRowSweeper } from '@/platform/jobs/index.js';
import { AuthMailer } from './auth-mailer.js';
import { EmailTokens } from './email-tokens.js';
import { EmailTokenRepository } from './persistence/email-token.repository.js';

/** E-mails about accounts, and the single-use tokens of their links. */
@Module({
  imports: [UsersModule],
  providers: [AuthMailer, EmailTokens, EmailTokenRepository],
  exports: [AuthMailer, EmailTokens],
})
export class AuthMailModule implements OnModuleInit {
  constructor(private readonly sweeper: ExpiredRowSweeper) {}

  onModuleInit(): void {
    this.sweeper.registerTable('mail_tokens');
  }
}
