import { Module } from '@nestjs/common';
import { DeliveriesModule } from './deliveries/deliveries.module.js';
import { HooksModule } from './hooks/hooks.module.js';

/** Webhooks: signed requests that tell other systems what happened in an organization. */
@Module({ imports: [HooksModule, DeliveriesModule] })
export class WebhooksModule {}
