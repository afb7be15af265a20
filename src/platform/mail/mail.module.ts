import { Global, Module } from '@nestjs/common';
import { ChosenAddressLimiter } from './chosen-address-limiter.js';
import { MailDeliveryService } from './mail-delivery.service.js';
import { Mailer } from './mailer.js';
import { OutboxController } from './outbox.controller.js';
import { OutboxRepository } from './persistence/outbox.repository.js';
import { SmtpTransport } from './smtp-transport.js';

@Global()
@Module({
  controllers: [OutboxController],
  providers: [ChosenAddressLimiter, MailDeliveryService, Mailer, OutboxRepository, SmtpTransport],
  exports: [ChosenAddressLimiter, Mailer],
})
export class MailModule {}
