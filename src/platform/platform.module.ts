import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Config } from './config/index.js';
import { CredentialsModule } from './credentials/credentials.module.js';
import { CryptoModule } from './crypto/crypto.module.js';
import { OrganizationEvents } from './events/index.js';
import { HealthController } from './health/health.controller.js';
import { HealthService } from './health/health.service.js';
import { MetricsController } from './health/metrics.controller.js';
import { Metrics } from './health/metrics.js';
import { OperationMetrics } from './health/operation-metrics.js';
import { IdempotencyModule } from './idempotency/idempotency.module.js';
import { JobsModule } from './jobs/jobs.module.js';
import { Clock } from './kernel/clock.js';
import { Entropy } from './kernel/entropy.js';
import { LimitsModule } from './limits/index.js';
import { Log } from './logging/index.js';
import { MailModule } from './mail/index.js';
import { PersistenceModule } from './persistence/persistence.module.js';

/** Dependencies that the caller of `createApp` provides. */
export interface AppDependencies {
  config: Config;
  clock: Clock;
  entropy: Entropy;
  log: Log;
  /** Called when the process cannot continue, such as after the embedded database has stopped. */
  onFatal: () => void;
}

/** Everything that the modules share, except the handling of requests: see HttpModule. All its modules are global. */
@Global()
@Module({})
export class PlatformModule {
  static forRoot({ config, clock, entropy, log, onFatal }: AppDependencies): DynamicModule {
    return {
      module: PlatformModule,
      imports: [
        PersistenceModule.forRoot(onFatal), // first, so that it is closed last
        CryptoModule,
        JobsModule,
        CredentialsModule,
        LimitsModule,
        MailModule,
        IdempotencyModule,
      ],
      controllers: [HealthController, MetricsController],
      providers: [
        { provide: Config, useValue: config },
        { provide: Clock, useValue: clock },
        { provide: Entropy, useValue: entropy },
        { provide: Log, useValue: log },
        HealthService,
        Metrics,
        OperationMetrics,
        OrganizationEvents,
      ],
      exports: [Config, Clock, Entropy, Log, HealthService, Metrics, OrganizationEvents],
    };
  }
}
