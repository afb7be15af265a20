import { Global, Module } from '@nestjs/common';
import { ApiKeyResolver } from '@/platform/access/actor.js';
import { OrganizationsModule } from '../organizations/index.js';
import { ApiKeyAuthenticator } from './api-key-authenticator.js';
import { ApiKeyCache } from './api-key-cache.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysService } from './api-keys.service.js';
import { AuditedApiKeys } from './audited-api-keys.js';
import { ApiKeyRepository } from './persistence/api-key.repository.js';

/** Keys of servers. Global: the guard asks it who a key is. */
@Global()
@Module({
  imports: [OrganizationsModule],
  controllers: [ApiKeysController],
  providers: [
    ApiKeyRepository,
    ApiKeyCache,
    ApiKeyAuthenticator,
    AuditedApiKeys,
    ApiKeysService,
    { provide: ApiKeyResolver, useExisting: ApiKeyAuthenticator },
  ],
  exports: [ApiKeyResolver],
})
export class ApiKeysModule {}
