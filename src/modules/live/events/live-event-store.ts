import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Log } from '@/platform/logging/index.js';
import { Database } from '@/platform/persistence/index.js';
import { EventLogHandovers, type ExpectedHandover } from './event-log-handovers.js';
import { EventLog, KEPT_EVENTS, KEPT_MS } from './event-log.js';
import { LiveEventRepository, type StoredFrames } from './persistence/live-event.repository.js';

const FLUSH_MS = 200;
const DELETE_OLD_MS = 15_000;

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
  private readonly timers: NodeJS.Timeout[] = [];
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly events: LiveEventRepository,
    private readonly handovers: EventLogHandovers,
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.timers.push(setInterval(() => void this.flush(), FLUSH_MS).unref());
    this.timers.push(setInterval(() => void this.deleteOld(), DELETE_OLD_MS).unref());
    this.database.beforeClose(async () => {
      this.timers.forEach((timer) => clearInterval(timer));
      await this.flush();
    });
  }

  get sessionIds(): string[] {
    return [...this.logs.keys()];
  }

  /** Returns the last attachment whose events this process has; null without a log. */
  findAttachment(sessionId: string): number | null {
    return this.logs.get(sessionId)?.log.attachment ?? null;
  }

  /**
   * Returns the log of a session for an attachment. A log that does not continue the attachment before it is handed over, and its
   * numbers are those of the process that has had the session since. Returns null when a newer attachment has the session.
   */
  async open(sessionId: string, attachment: number, handover: ExpectedHandover): Promise<EventLog | null> {
    if (this.findAttachment(sessionId) !== attachment - 1) await this.handOver(sessionId);
    const log = this.logs.get(sessionId)?.log ?? (await this.takeOver(sessionId, attachment, handover));
    if (!log) return null;
    log.attachment = attachment;
    this.logs.set(sessionId, { log, closedAt: null });
    return log;
  }

  /** Continues the numbers of another process. Without its answer some are left out, so that no number is used twice. */
  private async takeOver(
    sessionId: string,
    attachment: number,
    handover: ExpectedHandover,
  ): Promise<EventLog | null> {
    if (attachment === 1) return new EventLog(sessionId, 0, 0);
    const handedOver = await handover.wait(attachment - 1);
    if (handedOver !== null) {
      const stored = await this.events.findLastSeq(sessionId);
      return new EventLog(sessionId, Math.max(handedOver, stored), stored);
    }
    const lastSeq = await this.events.reserve(sessionId, attachment);
    return lastSeq === null ? null : new EventLog(sessionId, lastSeq, lastSeq);
  }

  /** The last socket of the session in this process has closed. Its events are kept for clients that resume. */
  close(sessionId: string): void {
    const open = this.logs.get(sessionId);
    if (open) open.closedAt = performance.now();
  }

  /** Another process has the session now: stores all events, and tells it their last number. */
  async handOver(sessionId: string): Promise<void> {
    const log = this.logs.get(sessionId)?.log;
    if (!log) return;
    log.isHandedOver = true;
    await this.flush();
    this.logs.delete(sessionId);
    if (log.unstored()) return; // the other process leaves numbers out, and its client learns that events are missing
    await this.handovers.publish(sessionId, log.attachment, log.lastSeq);
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
