import { Injectable } from '@nestjs/common';
import { migrations } from '@migrations/index.js';
import { NotificationBus, UnitOfWork } from '../persistence/index.js';
import type { HealthResponse } from './health.responses.js';

@Injectable()
export class HealthService {
  private readonly knownMigrations = migrations.map(({ name }) => name);
  private draining = false;
  // Results of the last query.
  private fullyMigrated = false;
  private databaseReachable = false;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly notifications: NotificationBus,
  ) {}

  /** Reports `draining` from now on, so that load balancers stop sending requests. */
  drain(): void {
    this.draining = true;
  }

  async check(): Promise<HealthResponse> {
    const { isReliable: listener } = this.notifications;
    // A reliable listener proves that the database is reachable, even when the pool has no free connection.
    if (!listener || !this.fullyMigrated) await this.checkMigrations();
    const checks = { database: listener || this.databaseReachable, migrations: this.fullyMigrated, listener };
    const healthy = Object.values(checks).every(Boolean);
    return { status: this.draining ? 'draining' : healthy ? 'ok' : 'unavailable', checks };
  }

  private async checkMigrations(): Promise<void> {
    const text = 'SELECT name FROM schema_migrations';
    try {
      const rows = await this.unitOfWork.query<{ name: string }>({ name: 'health', text }, []);
      const applied = rows.map(({ name }) => name);
      this.fullyMigrated = this.knownMigrations.every((name) => applied.includes(name));
      this.databaseReachable = true;
    } catch {
      this.fullyMigrated = this.databaseReachable = false;
    }
  }
}
