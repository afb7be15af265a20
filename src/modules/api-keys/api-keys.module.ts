import { Module } from '@nestjs/common';
import { ApiKeyResolver } from '@/platform/access/index.js';
import { OrganizationsModule } from '../organizations/index.js';
import { ApiKeyAuthenticator } from './api-key-authenticator.js';
import { ApiKeyCache } from './api-key-cache.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysService } from './api-keys.service.js';
import { AuditedApiKeys } from './audited-api-keys.js';
import { ApiKeyRepository } from './persistence/api-key.repository.js';

/**
 * Credentials for programs. This is the reference module of the project, with two paths to read:
 *
 * - management: ApiKeysController → ApiKeysService → AuditedApiKeys → ApiKeyRepository;
 * - authentication of a request: access guard → ApiKeyAuthenticator → ApiKeyCache → ApiKeyRepository.
 *
 * `*.rules.ts` holds the pure rules with their unit specs, `dto/` the requests and responses.
 * It exports ApiKeyResolver, a port of the platform that the access guard calls.
 */
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
