import { Global, Module } from '@nestjs/common';
import { Mailer } from './mailer.js';
import { OutboxController } from './outbox.controller.js';
import { OutboxRepository } from './persistence/outbox.repository.js';
import { SmtpTransport } from './smtp-transport.js';

@Global()
@Module({
  controllers: [OutboxController],
  providers: [Mailer, OutboxRepository, SmtpTransport],
  exports: [Mailer],
})
export class MailModule {}
