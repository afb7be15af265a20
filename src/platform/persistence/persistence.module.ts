import { type DynamicModule, Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../config/index.js';
import { Log } from '../logging/index.js';
import { Database } from './database.js';
import { NotificationBus } from './notification-bus.js';
import { TimeZones } from './time-zones.js';
import { UnitOfWork } from './unit-of-work.js';

/**
 * Closes the database after all modules that use it. Nest runs shutdown hooks in the reverse order of the initialization, and
 * the first global module with hooks is initialized first; so PlatformModule imports this module first.
 */
class DatabaseCloser implements OnApplicationShutdown {
  constructor(private readonly database: Database) {}

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}

@Global()
@Module({})
export class PersistenceModule {
  /** `onDatabaseLost` is called when the embedded database has stopped unexpectedly. */
  static forRoot(onDatabaseLost: () => void): DynamicModule {
    return {
      module: PersistenceModule,
      providers: [
        {
          provide: Database,
          inject: [Config, Log],
          useFactory: (config: Config, log: Log) => Database.open(config, log, onDatabaseLost),
        },
        {
          provide: UnitOfWork,
          inject: [Database],
          useFactory: ({ dataSource }: Database) => new UnitOfWork(dataSource),
        },
        {
          provide: DatabaseCloser,
          inject: [Database],
          useFactory: (database: Database) => new DatabaseCloser(database),
        },
        NotificationBus,
        TimeZones,
      ],
      exports: [Database, UnitOfWork, NotificationBus, TimeZones],
    };
  }
}
