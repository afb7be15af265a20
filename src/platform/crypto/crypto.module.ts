import { Global, Module } from '@nestjs/common';
import { Config } from '../config/index.js';
import { Entropy } from '../kernel/entropy.js';
import { Database } from '../persistence/index.js';
import { resolveAppSecret } from './app-secret.js';
import { KeyRing } from './key-ring.js';
import { KeyedHash } from './keyed-hash.js';
import { PasswordHasher } from './password-hasher.js';
import { Installation } from './persistence/installation.js';
import { SecretBox } from './secret-box.js';
import { SecretRotation } from './secret-rotation.js';

const SERVICES = [KeyedHash, SecretBox, SecretRotation, PasswordHasher];

@Global()
@Module({
  providers: [
    {
      provide: KeyRing,
      inject: [Config, Entropy],
      useFactory: async (config: Config, entropy: Entropy) =>
        new KeyRing(await resolveAppSecret(config, entropy), config.appSecretPrevious),
    },
    {
      provide: Installation,
      inject: [Database, KeyRing],
      useFactory: ({ dataSource }: Database, keys: KeyRing) => Installation.open(dataSource, keys),
    },
    ...SERVICES,
  ],
  exports: [KeyRing, Installation, ...SERVICES],
})
export class CryptoModule {}
