import { Global, Module } from '@nestjs/common';
import { KeyResolver } from '../../platform/http/actor.js';
import { OrganizationsModule } from '../organizations/index.js';
import { ApiKeyBook } from './api-key-book.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysService } from './api-keys.service.js';
import { KeyActors } from './key-actors.js';
import { KeyCache } from './key-cache.js';
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
