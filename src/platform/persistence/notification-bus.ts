import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Client } from 'pg';
import { Log } from '../logging/log.js';
import { Database } from './database.js';
import { UnitOfWork } from './unit-of-work.js';

const CHANNEL = 'xentree';
const CHECK_INTERVAL_MS = 250;
const RELIABLE_MS = 900;
const RETRY_MS = 200;
/** A connection without a response for this time is replaced. It is unreliable long before. */
const CONNECTION_TIMEOUT_MS = 2000;

type Handler = (payload: string) => void;

/**
 * Sends messages between nodes with PostgreSQL LISTEN/NOTIFY, and tells whether they arrive. A round trip on the listening
 * connection that starts at time t proves that every notification committed before t has arrived. So the bus is reliable for
 * a little under a second from the start of the last round trip, and a cache that is used only while the bus is reliable is
 * never staler than that, even when the connection is lost.
 */
@Injectable()
export class NotificationBus implements OnModuleInit {
  private readonly handlers = new Map<string, Handler[]>();
  private readonly resetHandlers: (() => void)[] = [];
  private client: Client | undefined;
  private reliableUntil = 0;
  private checkTimer: NodeJS.Timeout | undefined;
  private reconnecting = false;
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly log: Log,
  ) {}

  async onModuleInit(): Promise<void> {
    this.database.beforeClose(() => this.stop());
    await this.connect();
  }

  private async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.checkTimer);
    await this.client?.end().catch(() => undefined);
  }

  /** True while every published message is known to have arrived. */
  get isReliable(): boolean {
    return performance.now() < this.reliableUntil;
  }

  subscribe(topic: string, handler: Handler): void {
    this.handlers.set(topic, [...(this.handlers.get(topic) ?? []), handler]);
  }

  /** Registers a handler for the case that messages may have been lost: caches must be cleared. */
  onReset(handler: () => void): void {
    this.resetHandlers.push(handler);
  }

  /** Sends a message to all nodes, including this one, when the surrounding transaction commits. */
  async publish(topic: string, payload: string): Promise<void> {
    const text = 'SELECT pg_notify($1, $2)';
    await this.unitOfWork.query({ name: 'notifications.publish', text }, [CHANNEL, `${topic} ${payload}`]);
  }

  /** Runs `hook` after the surrounding transaction has committed; at once without a transaction. */
  afterCommit(hook: () => void): Promise<void> {
    return this.unitOfWork.afterCommit(hook);
  }

  private async connect(): Promise<void> {
    const client = new Client({
      connectionString: this.database.url,
      application_name: 'xentree-listener',
      keepAlive: true,
      connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
      query_timeout: CONNECTION_TIMEOUT_MS,
    });
    client.on('error', () => this.handleConnectionLost(client));
    client.on('end', () => this.handleConnectionLost(client));
    client.on('notification', ({ payload = '' }) => this.dispatch(payload));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      client.end().catch(() => undefined);
      throw error;
    }
    if (this.stopped) return client.end();
    this.client = client;
    this.resetHandlers.forEach((reset) => reset());
    await this.verifyConnection(client);
  }

  private async verifyConnection(client: Client): Promise<void> {
    const startedAt = performance.now();
    try {
      await client.query('SELECT 1');
      if (this.client !== client) return;
      this.reliableUntil = startedAt + RELIABLE_MS;
      this.checkTimer = setTimeout(() => void this.verifyConnection(client), CHECK_INTERVAL_MS);
    } catch {
      this.handleConnectionLost(client);
    }
  }

  private handleConnectionLost(client: Client): void {
    if (this.client !== client) return;
    this.client = undefined;
    this.reliableUntil = 0;
    clearTimeout(this.checkTimer);
    client.end().catch(() => undefined);
    if (this.stopped) return;
    this.log.warn('notifications.lost');
    void this.reconnect();
  }

  /** Runs one loop at a time: it also retries a connection that is lost during its first check. */
  private async reconnect(): Promise<void> {
    if (this.reconnecting) return;
    this.reconnecting = true;
    while (!this.stopped && !this.client) {
      await pause(RETRY_MS, undefined, { ref: false });
      if (!this.stopped) await this.connect().catch(() => undefined);
    }
    this.reconnecting = false;
  }

  private dispatch(message: string): void {
    const space = message.indexOf(' ');
    const payload = message.slice(space + 1);
    for (const handler of this.handlers.get(message.slice(0, space)) ?? []) handler(payload);
  }
}
