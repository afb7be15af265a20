import { Global, Module } from '@nestjs/common';
import { KeyResolver } from '@/platform/access/actor.js';
import { OrganizationsModule } from '../organizations/index.js';
import { KeyActors } from './api-key-authenticator.js';
import { KeyCache } from './api-key-cache.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysService } from './api-keys.service.js';
import { ApiKeyBook } from './audited-api-keys.js';
import { ApiKeyRepository } from './persistence/api-key.repository.js';

/** Keys of servers. Global: the guard asks it who a key is. */
@Global()
@Module({
  imports: [OrganizationsModule],
  controllers: [ApiKeysController],
  providers: [
    ApiKeyRepository,
    KeyCache,
    KeyActors,
    ApiKeyBook,
    ApiKeysService,
    { provide: KeyResolver, useExisting: KeyActors },
  ],
  exports: [KeyResolver],
})
export class ApiKeysModule {}
