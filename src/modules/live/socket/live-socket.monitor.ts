import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Config } from '@/platform/config/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Log } from '@/platform/logging/index.js';
import { LiveCredentialsMonitor } from './live-credentials.monitor.js';
import { LiveLeaseExtender } from './live-lease.extender.js';
import { LiveSocketsRegistry } from './live-sockets.registry.js';
import { type LiveTalk, QUOTA_WARNING_SECONDS, remainingSeconds, SECOND_MS } from './live-talk.js';

const TICK_MS = 400;
const PING_INTERVAL_MS = 15_000;
/** A client that answers no ping for this time is gone. */
const LOST_AFTER_MS = 40_000;
/** A session without a socket is forgotten: its client can resume nothing. */
const FORGET_AFTER_MS = 60_000;
/** The part of the idle time after which the client is warned. */
const IDLE_WARNING = 0.75;

/**
 * Checks all sockets several times a second: credentials, leases, quota, idleness, and whether their clients still answer. The
 * number of queries does not grow with the number of sockets.
 */
@Injectable()
export class LiveSocketMonitor implements OnModuleInit, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private checking: Promise<void> | undefined;

  constructor(
    private readonly registry: LiveSocketsRegistry,
    private readonly credentials: LiveCredentialsMonitor,
    private readonly extender: LiveLeaseExtender,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.check(), TICK_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Checks all sockets. A check that runs is not repeated. */
  check(): Promise<void> {
    this.checking ??= this.checkAll()
      .catch((error: unknown) => this.log.error('live.check_failed', error))
      .finally(() => (this.checking = undefined));
    return this.checking;
  }

  private async checkAll(): Promise<void> {
    const { all } = this.registry;
    if (all.length === 0) return;
    for (const talk of all) this.checkClient(talk, performance.now());
    const attached = all.filter(({ connection }) => connection !== null);
    for (const talk of await this.credentials.findEnded(attached))
      await this.extender.end(talk, 'credentials');
    const now = this.clock.now();
    await this.extender.extend(attached.filter((talk) => this.isDue(talk, now)));
    for (const talk of attached) if (this.warn(talk, now)) await this.extender.end(talk, 'idle');
  }

  private checkClient(talk: LiveTalk, now: number): void {
    const { connection, detachedAt, seenAt, pingedAt } = talk;
    if (!connection) {
      if (now - detachedAt > FORGET_AFTER_MS) void this.registry.forget(talk);
    } else if (now - seenAt > LOST_AFTER_MS) connection.terminate();
    else if (now - pingedAt > PING_INTERVAL_MS) {
      talk.pingedAt = now;
      connection.ping();
    }
  }

  /** The lease is due, or the quota is probably used. */
  private isDue(talk: LiveTalk, now: Date): boolean {
    const { leaseDueAt, quotaEndsAt, connection } = talk;
    return (
      connection !== null &&
      this.isPresent(talk) &&
      now.getTime() >= Math.min(leaseDueAt, quotaEndsAt ?? Infinity)
    );
  }

  private isPresent(talk: LiveTalk): boolean {
    return this.registry.find(talk.admission.session.sessionId) === talk;
  }

  /** Warns the client of the end. Returns whether the session has been idle for too long. */
  private warn(talk: LiveTalk, now: Date): boolean {
    const { output, quotaEndsAt } = talk;
    if (!this.isPresent(talk)) return false;
    const remaining = remainingSeconds(quotaEndsAt, now);
    if (remaining !== null && remaining <= QUOTA_WARNING_SECONDS && !talk.warnedOfQuota) {
      talk.warnedOfQuota = true;
      output.send('quota.warning', { remaining_seconds: remaining });
    }
    const idleMs = this.config.live.idleSeconds * SECOND_MS;
    const isQuiet = output.silentMs >= IDLE_WARNING * idleMs && talk.conversation.runningTurnId === null;
    if (isQuiet && output.silentMs >= idleMs) return true;
    if (isQuiet && !talk.warnedOfIdleness) {
      const left = Math.ceil((idleMs - output.silentMs) / SECOND_MS);
      output.send('idle.warning', { remaining_seconds: left });
    }
    talk.warnedOfIdleness = isQuiet;
    return false;
  }
}
