import { Global, Module } from '@nestjs/common';
import { AccessChangeNotifier } from '../events/index.js';
import { CredentialCacheFactory } from './credential-cache.js';

@Global()
@Module({
  providers: [AccessChangeNotifier, CredentialCacheFactory],
  exports: [AccessChangeNotifier, CredentialCacheFactory],
})
export class CredentialsModule {}
