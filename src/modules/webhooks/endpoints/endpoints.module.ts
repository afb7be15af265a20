import { Module } from '@nestjs/common';
import { EndpointGuard } from './endpoint-guard.js';
import { EndpointValidator } from './endpoint-validator.js';
import { HostResolver } from './host-resolver.js';

/** Judges the addresses of webhooks. */
@Module({
  providers: [HostResolver, EndpointGuard, EndpointValidator],
  exports: [EndpointGuard, EndpointValidator],
})
export class EndpointsModule {}
