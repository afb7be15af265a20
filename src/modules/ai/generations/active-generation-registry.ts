import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Log } from '@/platform/logging/index.js';
import { Database, NotificationBus } from '@/platform/persistence/index.js';
import type { GenerationAbortReason, ActiveGeneration } from './active-generation.js';
import { EventLogRepository } from './persistence/event-log.repository.js';
import { GenerationRepository } from './persistence/generation.repository.js';

const STOP_CHANNEL = 'generation-stop';
const STORE_INTERVAL_MS = 250;
const SYNC_INTERVAL_MS = 1_500;
/** When the server drains, answers may go on for a moment; then they end, and have so long for it. */
export const DRAIN_GRACE_MS = 2_500;
const MAX_FINISH_WAIT_MS = 1_500;

/**
 * The answers this process is writing. Their events are stored a few times a second, so that other processes can
 * read along and little is lost in a crash.
 */
@Injectable()
export class ActiveGenerationRegistry implements OnModuleInit, OnModuleDestroy {
  private readonly active = new Map<string, ActiveGeneration>();
  private timers: NodeJS.Timeout[] = [];
  private drainDeadline = 0;
  private syncing = false;
  private interrupted = false;

  constructor(
    private readonly repository: GenerationRepository,
    private readonly eventLog: EventLogRepository,
    private readonly notifications: NotificationBus,
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.notifications.subscribe(STOP_CHANNEL, (id) => this.abort(id, 'stopped'));
    this.timers = [
      setInterval(() => this.storeAll(), STORE_INTERVAL_MS).unref(),
      setInterval(() => void this.abortDeletedOrStopped(), SYNC_INTERVAL_MS).unref(),
    ];
    this.database.beforeClose(() => this.drain());
  }

  /** The server begins to drain. Who waits for a whole answer holds that up, so it cannot be what ends it. */
  onModuleDestroy(): void {
    this.drainDeadline = performance.now() + DRAIN_GRACE_MS;
    setTimeout(() => this.interruptAll(), DRAIN_GRACE_MS).unref();
  }

  get(id: string): ActiveGeneration | undefined {
    return this.active.get(id);
  }

  add(generation: ActiveGeneration): void {
    this.active.set(generation.id, generation);
    if (this.interrupted) generation.abort('interrupted');
  }

  remove({ id }: ActiveGeneration): void {
    this.active.delete(id);
  }

  abort(id: string, reason: GenerationAbortReason): void {
    this.active.get(id)?.abort(reason);
  }

  /** Ends it on whichever process writes it: that one hears of it at once, or sees it when it looks. */
  async requestStop(id: string): Promise<void> {
    if (this.active.has(id)) return this.abort(id, 'stopped');
    await this.repository.requestStop(id);
    await this.notifications.publish(STOP_CHANNEL, id);
  }

  private storeAll(): void {
    for (const generation of this.active.values()) {
      if (!generation.finishing && generation.unstoredFrames.length > 0)
        generation.pendingWrite = generation.pendingWrite.then(() => this.store(generation));
    }
  }

  private async store(generation: ActiveGeneration): Promise<void> {
    const { id, unstoredFrames: frames, storedEvents, answeringModel } = generation;
    if (generation.finishing || frames.length === 0) return;
    try {
      const appended = await this.eventLog.appendEvents({
        generationId: id,
        first: storedEvents + 1,
        frames,
        answeringModel,
      });
      if (appended) generation.storedEvents = storedEvents + frames.length;
      else generation.abort('gone');
    } catch (error) {
      this.log.error('ai.events_not_stored', error); // tried again with the next ones
    }
  }

  /** Ends what was deleted while its provider says nothing, so that no event of it is refused, and what is to stop. */
  private async abortDeletedOrStopped(): Promise<void> {
    if (this.syncing) return;
    this.syncing = true;
    await this.syncWithDatabase().finally(() => (this.syncing = false));
  }

  private async syncWithDatabase(): Promise<void> {
    const candidates = [...this.active.values()].filter(
      ({ storedEvents: stored, finishing: ending }) => stored > 0 && !ending,
    );
    if (candidates.length === 0) return;
    try {
      const running = await this.repository.findRunning(candidates.map(({ id }) => id));
      for (const generation of candidates) {
        const row = running.get(generation.id);
        if (!generation.finishing && row?.stopping !== false) generation.abort(row ? 'stopped' : 'gone');
      }
    } catch (error) {
      this.log.error('ai.generations_not_seen', error);
    }
  }

  /** After the last request, before the database closes. */
  private async drain(): Promise<void> {
    while (this.active.size > 0 && performance.now() < this.drainDeadline) await shortPause();
    this.interruptAll();
    const finishDeadline = performance.now() + MAX_FINISH_WAIT_MS;
    while (this.active.size > 0 && performance.now() < finishDeadline) await shortPause();
    this.timers.forEach((timer) => clearInterval(timer));
  }

  private interruptAll(): void {
    this.interrupted = true;
    for (const generation of this.active.values()) generation.abort('interrupted');
  }
}

function shortPause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
