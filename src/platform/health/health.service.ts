import { Injectable } from '@nestjs/common';
import { migrations } from '@migrations/index.js';
import { NotificationBus, UnitOfWork } from '../persistence/index.js';
import type { HealthResponse } from './health.responses.js';

@Injectable()
export class HealthService {
  private readonly knownMigrations = migrations.map(({ name }) => name);
  private draining = false;
  /** What was found when the database was last asked. */
  private fullyMigrated = false;
  private databaseReachable = false;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly notifications: NotificationBus,
  ) {}

  /** From now on this process is not ready: load balancers look elsewhere while it finishes. */
  drain(): void {
    this.draining = true;
  }

  async check(): Promise<HealthResponse> {
    const { isReliable: listener } = this.notifications;
    // A listener that is heard of shows that the database answers, however busy all other connections are.
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
