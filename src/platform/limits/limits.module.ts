import { Global, Module } from '@nestjs/common';
import { Config } from '../config/index.js';
import { Log } from '../logging/log.js';
import { PostgresWindowStore } from './persistence/postgres-window-store.js';
import { WindowStore } from './policy.js';
import { RateLimiter } from './rate-limiter.js';
import { RedisWindowStore } from './redis-window-store.js';

@Global()
@Module({
  providers: [
    PostgresWindowStore,
    RateLimiter,
    {
      provide: WindowStore,
      inject: [Config, PostgresWindowStore, Log],
      useFactory: (config: Config, postgres: PostgresWindowStore, log: Log) =>
        config.redisUrl ? new RedisWindowStore(config, postgres, log) : postgres,
    },
  ],
  exports: [RateLimiter],
})
export class LimitsModule {}
