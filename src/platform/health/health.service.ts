import { Injectable } from '@nestjs/common';
import { migrations } from '@migrations/index.js';
import { Database, NotificationBus, UnitOfWork } from '../persistence/index.js';
import type { HealthResponse } from './health.responses.js';

/** A query of the pool that was answered within this time proves that the database is reachable. */
const RECENT_ANSWER_MS = 400;
/** Otherwise a query must be answered within this time. Together they stay below two seconds. */
const QUERY_TIMEOUT_MS = 1_500;

@Injectable()
export class HealthService {
  private readonly knownMigrations = migrations.map(({ name }) => name);
  private draining = false;
  /** Stays true: migrations are never reverted while the server runs. */
  private fullyMigrated = false;
  private runningCheck: Promise<boolean> | undefined;

  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly notifications: NotificationBus,
  ) {}

  /** Reports `draining` from now on, so that load balancers stop sending requests. */
  drain(): void {
    this.draining = true;
  }

  async check(): Promise<HealthResponse> {
    const database = await this.isDatabaseReachable();
    const { isReliable: listener } = this.notifications;
    const checks = { database, migrations: this.fullyMigrated, listener };
    const healthy = Object.values(checks).every(Boolean);
    return { status: this.draining ? 'draining' : healthy ? 'ok' : 'unavailable', checks };
  }

  private async isDatabaseReachable(): Promise<boolean> {
    const { monitor } = this.database;
    if (!monitor.isReachable) return false;
    if (this.fullyMigrated && monitor.answeredWithin(RECENT_ANSWER_MS)) return true;
    this.runningCheck ??= this.checkMigrations().finally(() => (this.runningCheck = undefined));
    return isTrueWithin(QUERY_TIMEOUT_MS, this.runningCheck);
  }

  /** Runs a query over the pool that all requests use. Concurrent checks share it. */
  private async checkMigrations(): Promise<boolean> {
    const text = 'SELECT name FROM schema_migrations';
    try {
      const rows = await this.unitOfWork.query<{ name: string }>({ name: 'health', text }, []);
      const applied = rows.map(({ name }) => name);
      this.fullyMigrated = this.knownMigrations.every((name) => applied.includes(name));
      return true;
    } catch {
      return false;
    }
  }
}

async function isTrueWithin(ms: number, result: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  return Promise.race([result, timeout]).finally(() => clearTimeout(timer));
}
