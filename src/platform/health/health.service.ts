import { Injectable } from '@nestjs/common';
import { migrations } from '@migrations/index.js';
import { Notifications, UnitOfWork } from '../persistence/index.js';
import type { HealthResponse } from './health.responses.js';

@Injectable()
export class HealthService {
  private readonly known = migrations.map(({ name }) => name);
  private draining = false;
  /** What was found when the database was last asked. */
  private complete = false;
  private reached = false;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly notifications: Notifications,
  ) {}

  /** From now on this process is not ready: load balancers look elsewhere while it finishes. */
  drain(): void {
    this.draining = true;
  }

  async check(): Promise<HealthResponse> {
    const { trusted: listener } = this.notifications;
    // A listener that is heard of shows that the database answers, however busy all other connections are.
    if (!listener || !this.complete) await this.ask();
    const checks = { database: listener || this.reached, migrations: this.complete, listener };
    const healthy = Object.values(checks).every(Boolean);
    return { status: this.draining ? 'draining' : healthy ? 'ok' : 'unavailable', checks };
  }

  private async ask(): Promise<void> {
    const text = 'SELECT name FROM schema_migrations';
    try {
      const rows = await this.unitOfWork.query<{ name: string }>({ name: 'health', text }, []);
      const applied = rows.map(({ name }) => name);
      this.complete = this.known.every((name) => applied.includes(name));
      this.reached = true;
    } catch {
      this.complete = this.reached = false;
    }
  }
}
