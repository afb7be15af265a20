import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createClient } from 'redis';
import { Config } from '../config/index.js';
import { newId } from '../kernel/ids.js';
import { Log } from '../logging/log.js';
import { PostgresWindowStore } from './persistence/postgres-window-store.js';
import { type RateLimitPolicy, type RateLimitDecision, WindowStore } from './rate-limit-policy.js';

/** The same atomic step as in PostgreSQL: removes old uses, counts, and adds a use unless the window is full. */
const CONSUME_SCRIPT = `
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[2])
local count = redis.call('ZCARD', KEYS[1])
local allowed = 0
if count < tonumber(ARGV[3]) then
  redis.call('ZADD', KEYS[1], ARGV[1], ARGV[5])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  allowed = 1
  count = count + 1
end
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return { allowed, count, oldest[2] or ARGV[1] }`;

/** An answer takes less than a millisecond, but a busy process reads it later. A slower Redis counts as unavailable. */
const ANSWER_TIMEOUT_MS = 250;
const CHECK_INTERVAL_MS = 250;
const SOCKET_OPTIONS = {
  connectTimeout: 1000,
  /** A connection without any answer is replaced. The pings keep a healthy one busy. */
  socketTimeout: 3000,
  reconnectStrategy: (retries: number): number => Math.min(100 * 2 ** retries, 2000),
};

/**
 * Stores windows in Redis, and in PostgreSQL while Redis does not answer: limits never fail open. After the first late answer
 * a circuit breaker keeps all requests away from Redis, until Redis has answered a ping in time.
 */
@Injectable()
export class RedisWindowStore extends WindowStore implements OnApplicationShutdown {
  private readonly client: ReturnType<typeof createClient>;
  private checkTimer: NodeJS.Timeout | undefined;

  constructor(
    config: Config,
    private readonly fallback: PostgresWindowStore,
    private readonly log: Log,
  ) {
    super();
    this.client = createClient({
      url: config.redisUrl,
      disableOfflineQueue: true,
      pingInterval: 1000,
      socket: SOCKET_OPTIONS,
    });
    this.client.on('error', (error: Error) =>
      this.log.warnAtMostEverySecond('redis.unreachable', { reason: error.message }),
    );
    this.client.connect().catch(() => undefined);
  }

  async consume(policy: RateLimitPolicy, key: Buffer, at: Date): Promise<RateLimitDecision> {
    if (this.isCircuitOpen || !this.client.isReady) return this.fallback.consume(policy, key, at);
    try {
      return await withTimeout(this.consumeInRedis(policy, key, at));
    } catch {
      this.openCircuit();
      return this.fallback.consume(policy, key, at);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.checkTimer);
    if (this.client.isOpen) this.client.destroy();
  }

  private get isCircuitOpen(): boolean {
    return this.checkTimer !== undefined;
  }

  private openCircuit(): void {
    if (this.isCircuitOpen) return;
    this.log.warn('redis.circuit_opened');
    this.scheduleCheck();
  }

  private scheduleCheck(): void {
    this.checkTimer = setTimeout(() => void this.checkRedis(), CHECK_INTERVAL_MS).unref();
  }

  private async checkRedis(): Promise<void> {
    try {
      await withTimeout(this.client.ping());
    } catch {
      this.scheduleCheck();
      return;
    }
    this.checkTimer = undefined;
    this.log.info('redis.circuit_closed');
  }

  private async consumeInRedis(policy: RateLimitPolicy, key: Buffer, at: Date): Promise<RateLimitDecision> {
    const window = policy.window * 1000;
    const now = at.getTime();
    const reply = await this.client.eval(CONSUME_SCRIPT, {
      keys: [`xentree:window:${policy.name}:${key.toString('base64url')}`],
      arguments: [String(now), String(now - window), String(policy.limit), String(window), newId()],
    });
    const [allowed, count, oldest] = reply as [number, number, string];
    return { allowed: allowed === 1, count, retryAt: new Date(Number(oldest) + window) };
  }
}

/** The timeout of the Redis client covers only the writing of a command, and not a server that does not answer. */
async function withTimeout<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      // Answers that arrived while this process was busy are read first.
      setImmediate(() => reject(new Error(`Redis did not answer within ${ANSWER_TIMEOUT_MS} ms.`)));
    }, ANSWER_TIMEOUT_MS);
  });
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
