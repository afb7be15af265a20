import { Injectable } from '@nestjs/common';
import { Notifications, UnitOfWork } from '../persistence/index.js';
import type { HealthResponse } from './health.responses.js';

@Injectable()
export class HealthService {
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
    const database = await this.databaseAnswers();
    // The data source is handed out migrated, so a pending migration means a newer process has gone ahead.
    const checks = { database, migrations: database, listener: this.notifications.trusted };
    const healthy = Object.values(checks).every(Boolean);
    return { status: this.draining ? 'draining' : healthy ? 'ok' : 'unavailable', checks };
  }

  private async databaseAnswers(): Promise<boolean> {
    try {
      await this.unitOfWork.query({ name: 'health', text: 'SELECT count(*) FROM schema_migrations' }, []);
      return true;
    } catch {
      return false;
    }
  }
}
