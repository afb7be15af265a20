import { Client } from 'pg';
import type { Log } from '../logging/log.js';
import type { MonitoredClient } from './monitored-client.js';

const CHECK_INTERVAL_MS = 250;
/** A query that waits longer than this is compared with what the server is doing. */
const SUSPICIOUS_AFTER_MS = 1_000;
/** New connections of the monitor have this time for each step. */
const ANSWER_TIMEOUT_MS = 750;
/** While the server accepts no new connection, a query fails after this time. */
const UNREACHABLE_AFTER_MS = 4_000;
/** A little more than `statement_timeout`, after which the server itself ends a statement. */
const QUERY_TIMEOUT_MS = 35_000;

/**
 * Of the given server processes, returns those that work on a statement or have just finished one, and ends the others: they
 * wait for a client whose query never arrived, or whose answer was lost, and can hold locks.
 */
const FIND_BUSY_BACKENDS = `
  SELECT a.pid, pg_backend_pid() AS own_pid,
         state_change > now() - interval '${SUSPICIOUS_AFTER_MS} ms' OR state NOT LIKE 'idle%' AS busy
  FROM (SELECT 1) AS one LEFT JOIN pg_stat_activity a ON a.pid = ANY($1)`;
const END_BACKENDS = 'SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid';

interface BackendRow {
  pid: number | null;
  own_pid: number;
  busy: boolean | null;
}

/**
 * Replaces connections of a pool that have fallen silent: a host that was lost or a firewall closes no connection, and the
 * kernel reports it after many minutes. When a query has waited for a second, the monitor asks the server over a new
 * connection whether it works on this query. If it does not, the connection is closed, and with it every other one that has
 * not answered since. While the server accepts no connection at all, queries fail after a few seconds.
 */
export class PoolMonitor {
  private readonly checkedAt = new WeakMap<MonitoredClient, number>();
  private readonly timer: NodeJS.Timeout;
  private checking = false;
  private unreachable = false;
  /** Connections that had fallen silent and were closed, since the start of the process. */
  replacedConnections = 0;

  constructor(
    private readonly clients: ReadonlySet<MonitoredClient>,
    private readonly url: string,
    private readonly log: Log,
  ) {
    this.timer = setInterval(() => void this.check(), CHECK_INTERVAL_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** False while the server neither answers the queries of the pool nor accepts a new connection. */
  get isReachable(): boolean {
    return !this.unreachable;
  }

  /** Returns whether a connection of the pool has answered a query within the last `ms`. */
  answeredWithin(ms: number): boolean {
    const since = performance.now() - ms;
    return [...this.clients].some(({ lastDataAt }) => lastDataAt >= since);
  }

  private async check(): Promise<void> {
    if (this.checking) return;
    const suspects = [...this.clients].filter((client) => this.isSuspicious(client));
    if (suspects.length === 0) {
      this.unreachable &&= !this.answeredWithin(CHECK_INTERVAL_MS * 2);
      return;
    }
    this.checking = true;
    await this.checkSuspects(suspects).finally(() => (this.checking = false));
  }

  /** A client whose query is known to be running is checked once a second. */
  private isSuspicious(client: MonitoredClient): boolean {
    const { waitingSince, lastDataAt } = client;
    if (waitingSince === undefined) return false;
    const since = Math.max(waitingSince, lastDataAt, this.checkedAt.get(client) ?? 0);
    return since < performance.now() - SUSPICIOUS_AFTER_MS;
  }

  private async checkSuspects(suspects: MonitoredClient[]): Promise<void> {
    const startedAt = performance.now();
    const silent = await this.findSilent(suspects);
    const now = performance.now();
    suspects.forEach((client) => this.checkedAt.set(client, now));
    // An answer may have arrived during the check.
    const lost = silent.filter(({ lastDataAt }) => lastDataAt < startedAt);
    if (lost.length === 0) return;
    const since = Math.min(...lost.map(({ waitingSince = now }) => waitingSince));
    const stale = [...this.clients].filter(({ lastDataAt }) => lastDataAt < since);
    const closed = new Set([...lost, ...(this.unreachable ? [] : stale)]);
    this.log.warnAtMostEverySecond('database.connections_replaced', { connections: closed.size });
    this.replacedConnections += closed.size;
    closed.forEach((client) => client.destroy());
  }

  private async findSilent(suspects: MonitoredClient[]): Promise<MonitoredClient[]> {
    const overdue = (ms: number): MonitoredClient[] =>
      suspects.filter(({ waitingSince = Infinity }) => waitingSince < performance.now() - ms);
    try {
      const idle = await this.findIdleBackends(suspects);
      this.unreachable = false;
      return [...new Set([...idle, ...overdue(QUERY_TIMEOUT_MS)])];
    } catch (error) {
      this.unreachable = !isServerError(error);
      return overdue(this.unreachable ? UNREACHABLE_AFTER_MS : QUERY_TIMEOUT_MS);
    }
  }

  /** Returns the clients whose server process is idle or gone, over a new connection. */
  private async findIdleBackends(suspects: MonitoredClient[]): Promise<MonitoredClient[]> {
    const probe = new Client({
      connectionString: this.url,
      application_name: 'xentree-monitor',
      connectionTimeoutMillis: ANSWER_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
    });
    probe.on('error', () => undefined);
    try {
      await probe.connect();
      const pids = suspects.map(({ backendPid }) => backendPid);
      const { rows } = await probe.query<BackendRow>(FIND_BUSY_BACKENDS, [pids]);
      // A connection pooler gives out process ids of its own, which say nothing.
      if (rows[0]?.own_pid !== (probe as unknown as { processID: number }).processID) return [];
      const busy = new Set(rows.filter((row) => row.busy).map(({ pid }) => pid));
      const idle = rows.flatMap(({ pid, busy: isBusy }) => (pid !== null && isBusy === false ? [pid] : []));
      if (idle.length > 0) await probe.query(END_BACKENDS, [idle]);
      return suspects.filter(({ backendPid }) => !busy.has(backendPid));
    } finally {
      void probe.end().catch(() => undefined);
    }
  }
}

/** The server refused the connection, for example because it has no free one: it is alive. */
function isServerError(error: unknown): boolean {
  const { code = '' } = (error ?? {}) as { code?: string };
  return /^\d[0-9A-Z]{4}$/.test(code) && !code.startsWith('57P');
}
