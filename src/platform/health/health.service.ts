import { Injectable } from '@nestjs/common';
import { migrations } from '../../../migrations/index.js';
import { Notifications, UnitOfWork } from '../persistence/index.js';
import type { HealthResponse } from './health.responses.js';

@Injectable()
export class HealthService {
  private readonly known = migrations.map(({ name }) => name);
  private draining = false;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly notifications: Notifications,
  ) {}

  /** From now on this process is not ready: load balancers look elsewhere while it finishes. */
  drain(): void {
    this.draining = true;
  }

  async check(): Promise<HealthResponse> {
    const applied = await this.appliedMigrations();
    const database = applied !== null;
    const complete = database && this.known.every((name) => applied.includes(name));
    const checks = { database, migrations: complete, listener: this.notifications.trusted };
    const healthy = Object.values(checks).every(Boolean);
    return { status: this.draining ? 'draining' : healthy ? 'ok' : 'unavailable', checks };
  }

  /** Null when the database does not answer. */
  private async appliedMigrations(): Promise<string[] | null> {
    try {
      const text = 'SELECT name FROM schema_migrations';
      return (await this.unitOfWork.query<{ name: string }>({ name: 'health', text }, [])).map(
        ({ name }) => name,
      );
    } catch {
      return null;
    }
  }
}
