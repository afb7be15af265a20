import { runMigrations as migrateJobs } from 'graphile-worker';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { getMetadataArgsStorage } from 'typeorm';
import { migrations } from '@migrations/index.js';
import type { Config } from '../config/index.js';
import type { Log } from '../logging/log.js';
import { createDataSource, getOpenClients, migrate, tolerateIdleErrors } from './data-source.js';
import { type EmbeddedServer, startEmbedded } from './embedded/index.js';
import { PoolMonitor } from './pool-monitor.js';

/** The migrated database of this process: `DATABASE_URL`, else an embedded server. */
export class Database {
  private readonly closeHooks: (() => Promise<void>)[] = [];

  private constructor(
    readonly url: string,
    readonly dataSource: DataSource,
    readonly monitor: PoolMonitor,
    private readonly embedded: EmbeddedServer | undefined,
  ) {}

  static async open(config: Config, log: Log, onDatabaseLost: () => void): Promise<Database> {
    const embedded = config.databaseUrl ? undefined : await startEmbeddedServer(config, log);
    const url = config.databaseUrl ?? embedded?.url ?? '';
    try {
      const dataSource = await connectAndMigrate(url, config.databasePoolMax, log);
      void embedded?.exited.then(() => {
        log.error('database.exited', new Error('The embedded database stopped unexpectedly.'));
        onDatabaseLost();
      });
      // Starts after the migrations, whose statements may take long.
      return new Database(url, dataSource, new PoolMonitor(getOpenClients(dataSource), url, log), embedded);
    } catch (error) {
      await embedded?.stop();
      throw error;
    }
  }

  /** Registers a hook that runs after the last request and before the database closes, for background work that uses it. */
  beforeClose(stop: () => Promise<void>): void {
    this.closeHooks.push(stop);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.closeHooks.map((stop) => stop()));
    this.monitor.stop();
    await this.dataSource.destroy();
    await this.embedded?.stop();
  }

  /** Folder of the embedded cluster, for the start message. */
  get clusterDir(): string | undefined {
    return this.embedded?.clusterDir;
  }
}

async function startEmbeddedServer(config: Config, log: Log): Promise<EmbeddedServer> {
  return startEmbedded({
    dataDir: config.dataDir,
    log: (message) => log.info('database.embedded', { message }),
  });
}

async function connectAndMigrate(url: string, poolMax: number, log: Log): Promise<DataSource> {
  const entities = getMetadataArgsStorage().tables.map(({ target }) => target);
  const dataSource = createDataSource({ url, poolMax }, entities, migrations);
  await dataSource.initialize();
  tolerateIdleErrors(dataSource);
  try {
    const applied = await migrate(dataSource, (pool: Pool) => migrateJobs({ pgPool: pool }));
    if (applied.length > 0) log.info('database.migrated', { migrations: applied });
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}
