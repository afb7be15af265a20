import { type DynamicModule, Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { AccessGuard } from './access/access.js';
import { RequestAuthenticator } from './access/request-authenticator.js';
import { ClusterNodes } from './cluster/index.js';
import { NodeRepository } from './cluster/node.repository.js';
import { Config } from './config/index.js';
import { CredentialCacheFactory } from './credentials/index.js';
import { resolveAppSecret } from './crypto/app-secret.js';
import { KeyedHash, KeyRing, PasswordHasher, SecretBox, SecretRotation } from './crypto/index.js';
import { Installation } from './crypto/persistence/installation.js';
import { ErrorFilter } from './errors/error-filter.js';
import { AccessChangeNotifier } from './events/index.js';
import { HealthController } from './health/health.controller.js';
import { HealthService } from './health/health.service.js';
import { MetricsController } from './health/metrics.controller.js';
import { Metrics } from './health/metrics.js';
import { IdempotencyModule } from './idempotency/idempotency.module.js';
import { JobQueue, ExpiredRowSweeper } from './jobs/index.js';
import { Clock } from './kernel/clock.js';
import { Entropy } from './kernel/entropy.js';
import { LimitsModule } from './limits/index.js';
import { Log } from './logging/index.js';
import { MailModule } from './mail/index.js';
import { Database, NotificationBus, UnitOfWork } from './persistence/index.js';
import { EventStreams } from './sse/event-streams.js';
import { ContentTypeGuard } from './validation/content-type.guard.js';
import { RequestPipe } from './validation/request-pipe.js';

/** Dependencies that the caller of `createApp` provides. */
export interface AppDependencies {
  config: Config;
  clock: Clock;
  entropy: Entropy;
  log: Log;
  /** Called when the process cannot continue, such as after the embedded database has stopped. */
  onFatal: () => void;
}

const SERVICES = [
  KeyedHash,
  SecretBox,
  SecretRotation,
  PasswordHasher,
  NotificationBus,
  AccessChangeNotifier,
  CredentialCacheFactory,
  NodeRepository,
  ClusterNodes,
  JobQueue,
  ExpiredRowSweeper,
  HealthService,
  Metrics,
  RequestAuthenticator,
  EventStreams,
];

/** Closes the database after all modules that use it: Nest shuts modules down in the order of their distance from the root. */
class DatabaseCloser implements OnApplicationShutdown {
  constructor(private readonly database: Database) {}

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}

@Global()
@Module({})
export class PlatformModule {
  static forRoot({ config, clock, entropy, log, onFatal }: AppDependencies): DynamicModule {
    const createKeyRing = async (): Promise<KeyRing> =>
      new KeyRing(await resolveAppSecret(config, entropy), config.appSecretPrevious);
    return {
      module: PlatformModule,
      imports: [LimitsModule, MailModule, IdempotencyModule],
      controllers: [HealthController, MetricsController],
      providers: [
        { provide: Config, useValue: config },
        { provide: Clock, useValue: clock },
        { provide: Entropy, useValue: entropy },
        { provide: Log, useValue: log },
        { provide: Database, useFactory: () => Database.open(config, log, onFatal) },
        { provide: KeyRing, useFactory: createKeyRing },
        {
          provide: Installation,
          inject: [Database, KeyRing],
          useFactory: ({ dataSource }: Database, keys: KeyRing) => Installation.open(dataSource, keys),
        },
        {
          provide: DatabaseCloser,
          inject: [Database],
          useFactory: (database: Database) => new DatabaseCloser(database),
        },
        {
          provide: UnitOfWork,
          inject: [Database],
          useFactory: ({ dataSource }: Database) => new UnitOfWork(dataSource),
        },
        ...SERVICES,
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_GUARD, useClass: ContentTypeGuard },
        { provide: APP_PIPE, useClass: RequestPipe },
        { provide: APP_FILTER, useClass: ErrorFilter },
      ],
      exports: [Config, Clock, Entropy, Log, Database, KeyRing, Installation, UnitOfWork, ...SERVICES],
    };
  }
}
