import { Client, type ClientConfig, type ClientBase } from 'pg';

/** A new connection that is not open after this time fails. */
const CONNECT_TIMEOUT_MS = 3_000;

export interface MonitoredClientConfig extends ClientConfig {
  /** The open connections of the pool. Clients add and remove themselves. */
  openClients: Set<MonitoredClient>;
}

/** The parts of a pg client that its type declarations omit. */
interface ClientInternals {
  /** Id of the server process that `pg_stat_activity` lists. */
  processID: number | null;
}

type AnyFunction = (...args: unknown[]) => unknown;

/** A pooled connection that records since when a query has been waiting, and when data of the server last arrived. */
export class MonitoredClient extends Client {
  /** Start of the oldest query without an answer, on the clock of `performance.now()`. */
  waitingSince: number | undefined;
  lastDataAt = performance.now();

  constructor({ openClients, ...config }: MonitoredClientConfig) {
    super({ ...config, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
    this.on('error', () => undefined); // an error of an idle connection would end the process
    this.once('connect', () => {
      openClients.add(this);
      // TLS replaces the stream before this event.
      this.connection.stream.on('data', () => (this.lastDataAt = performance.now()));
    });
    this.once('end', () => openClients.delete(this));
    // The client emits `drain` when every query has been answered.
    this.on('drain', () => (this.waitingSince = undefined));
    const query = this.query.bind(this) as AnyFunction;
    this.query = ((...args: unknown[]) => {
      this.waitingSince ??= performance.now();
      return query(...args);
    }) as ClientBase['query'];
  }

  get backendPid(): number {
    return (this as unknown as ClientInternals).processID ?? 0;
  }

  /** Closes the connection at once. Its queries fail, and its pool replaces it. */
  destroy(): void {
    this.connection.stream.destroy();
  }
}
