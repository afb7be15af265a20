import { Global, Module } from '@nestjs/common';
import { Config } from '../config/index.js';
import { Log } from '../logging/log.js';
import { PostgresWindowStore } from './persistence/postgres-window-store.js';
import { WindowStore } from './rate-limit-policy.js';
import { RateLimiter } from './rate-limiter.js';

@Global()
@Module({
  providers: [
    PostgresWindowStore,
    RateLimiter,
    {
      provide: WindowStore,
      inject: [Config, PostgresWindowStore, Log],
      useFactory: async (config: Config, postgres: PostgresWindowStore, log: Log): Promise<WindowStore> => {
        if (!config.redisUrl) return postgres;
        const { RedisWindowStore } = await import('./redis-window-store.js');
        return new RedisWindowStore(config, postgres, log);
      },
    },
  ],
  exports: [RateLimiter],
})
export class LimitsModule {}
