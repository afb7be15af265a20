import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Log } from '@/platform/logging/index.js';
import { Database, NotificationBus } from '@/platform/persistence/index.js';
import { EventLog, KEPT_EVENTS, KEPT_MS } from './event-log.js';
import { LiveEventRepository, type StoredFrames } from './persistence/live-event.repository.js';

const FLUSH_MS = 200;
const DELETE_OLD_MS = 15_000;
/** How long a process that takes a session over waits for the events of the process before it. */
const HANDOVER_MS = 1_000;
/** Numbers that are left out when that process does not answer: more than it can have given to events since its last write. */
const SKIPPED_NUMBERS = 100_000;
const HANDOVER_TOPIC = 'live-events-handed-over';

interface OpenLog {
  log: EventLog;
  /** Set when no socket of this process uses the log. */
  closedAt: number | null;
}

/**
 * Keeps the latest events of the sessions whose sockets this process has or had, and stores them for other processes: all new
 * events of all sessions in one statement, five times a second.
 */
@Injectable()
export class LiveEventStore implements OnModuleInit {
  private readonly logs = new Map<string, OpenLog>();
  private readonly handovers = new Map<string, (lastSeq: number) => void>();
  private readonly timers: NodeJS.Timeout[] = [];
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly events: LiveEventRepository,
    private readonly notifications: NotificationBus,
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.timers.push(setInterval(() => void this.flush(), FLUSH_MS).unref());
    this.timers.push(setInterval(() => void this.deleteOld(), DELETE_OLD_MS).unref());
    this.notifications.subscribe(HANDOVER_TOPIC, (payload) => {
      const [id = '', lastSeq] = payload.split(' ');
      this.handovers.get(id)?.(Number(lastSeq));
    });
    this.database.beforeClose(async () => {
      this.timers.forEach((timer) => clearInterval(timer));
      await this.flush();
    });
  }

  /** Returns the log of a session. With an earlier socket, another process may have events that are not stored yet. */
  async open(sessionId: string, hadSocket: boolean): Promise<EventLog> {
    const present = this.logs.get(sessionId);
    if (present) {
      present.closedAt = null;
      return present.log;
    }
    const continued = hadSocket ? await this.takeOver(sessionId) : new EventLog(sessionId, 0, 0);
    const opened = this.logs.get(sessionId)?.log ?? continued;
    this.logs.set(sessionId, { log: opened, closedAt: null });
    return opened;
  }

  /** Continues the numbers of another process. Without its answer some are left out, so that no number is used twice. */
  private async takeOver(sessionId: string): Promise<EventLog> {
    const handedOver = await this.waitForHandover(sessionId);
    const stored = await this.events.findLastSeq(sessionId);
    if (handedOver !== null) return new EventLog(sessionId, Math.max(handedOver, stored), stored);
    const lastSeq = stored + SKIPPED_NUMBERS;
    return new EventLog(sessionId, lastSeq, lastSeq);
  }

  /** The last socket of the session in this process has closed. Its events are kept for clients that resume. */
  close(sessionId: string): void {
    const open = this.logs.get(sessionId);
    if (open) open.closedAt = performance.now();
  }

  /** Another process has the session now: stores all events, and tells it their last number. */
  async handOver(sessionId: string): Promise<void> {
    const open = this.logs.get(sessionId);
    if (!open) return;
    await this.flush();
    this.logs.delete(sessionId);
    await this.notifications.publish(HANDOVER_TOPIC, `${sessionId} ${open.log.lastSeq}`);
  }

  /** Returns the events after `seq`, oldest first; null when some of them are not kept. */
  async readAfter(log: EventLog, seq: number): Promise<StoredFrames | null> {
    if (seq > log.lastSeq) return null;
    const kept = log.eventsAfter(seq, performance.now());
    if (kept) return kept.map(({ seq: number, frame }) => [number, frame]);
    await this.flush();
    const stored = await this.events.readAfter(log.sessionId, seq, KEPT_MS / 1000);
    // The last numbers can belong to events that are not kept; without any stored event it is unknown.
    const isComplete = stored && stored.length > 0 && stored.length <= KEPT_EVENTS;
    return isComplete ? stored : null;
  }

  /** Stores the new events of all sessions. */
  flush(): Promise<void> {
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  private async write(): Promise<void> {
    const batches = [...this.logs.values()].flatMap(({ log }) => {
      const batch = log.unstored();
      return batch ? [{ log, ...batch, sessionId: log.sessionId }] : [];
    });
    if (batches.length === 0) return;
    try {
      await this.events.append(batches);
      for (const { log, last } of batches) log.markStored(last);
    } catch (error) {
      this.log.error('live.events_not_stored', error); // the next write contains these events again
    }
  }

  /** Returns the number of the last event of the other process; null when it does not answer in time. */
  private async waitForHandover(sessionId: string): Promise<number | null> {
    let timer: NodeJS.Timeout | undefined;
    const lastSeq = await new Promise<number | null>((resolve) => {
      this.handovers.set(sessionId, resolve);
      timer = setTimeout(() => resolve(null), HANDOVER_MS).unref();
    });
    clearTimeout(timer);
    this.handovers.delete(sessionId);
    return lastSeq;
  }

  private async deleteOld(): Promise<void> {
    const now = performance.now();
    const ids = [...this.logs.keys()];
    for (const [id, { closedAt }] of this.logs)
      if (closedAt !== null && now - closedAt > KEPT_MS) this.logs.delete(id);
    if (ids.length > 0)
      await this.events
        .deleteOld(ids, KEPT_MS / 1000)
        .catch((error: unknown) => this.log.error('live.events_not_deleted', error));
  }
}
