import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Log } from '@/platform/logging/index.js';
import { Database, NotificationBus } from '@/platform/persistence/index.js';
import type { ActiveGeneration, GenerationAbortReason } from './active-generation.js';
import { GenerationEventWriter } from './generation-event-writer.js';
import { GenerationRepository } from './persistence/generation.repository.js';

const STOP_CHANNEL = 'generation-stop';
const STORE_INTERVAL_MS = 250;
const SYNC_INTERVAL_MS = 1_500;
/** How long running generations may continue after the server has begun to drain; then they are interrupted. */
export const DRAIN_GRACE_MS = 2_500;
/** How long interrupted generations may take to write their results. */
const MAX_FINISH_WAIT_MS = 1_500;

/**
 * Holds the generations that this process runs. Has their new events stored four times a second: other processes
 * read them from the database, and a crash loses at most a quarter of a second.
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
    private readonly eventWriter: GenerationEventWriter,
    private readonly notifications: NotificationBus,
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.notifications.subscribe(STOP_CHANNEL, (id) => this.abort(id, 'stopped'));
    this.timers = [
      setInterval(() => this.eventWriter.storeNewEvents(this.active.values()), STORE_INTERVAL_MS).unref(),
      setInterval(() => void this.abortDeletedOrStopped(), SYNC_INTERVAL_MS).unref(),
    ];
    this.database.beforeClose(() => this.drain());
  }

  /**
   * Starts the drain timer. The timer cannot be part of `drain`: requests that wait for a whole answer delay the
   * closing of the database, so they must be interrupted before.
   */
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

  /**
   * Stops a generation on the process that runs it. That process is notified; if the notification is lost, its next
   * comparison with the database finds the request.
   */
  async requestStop(id: string): Promise<void> {
    if (this.active.has(id)) return this.abort(id, 'stopped');
    await this.repository.requestStop(id);
    await this.notifications.publish(STOP_CHANNEL, id);
  }

  /** Aborts generations that were deleted or asked to stop while their provider is silent: no write would notice it. */
  private async abortDeletedOrStopped(): Promise<void> {
    if (this.syncing) return;
    this.syncing = true;
    await this.syncWithDatabase().finally(() => (this.syncing = false));
  }

  private async syncWithDatabase(): Promise<void> {
    const candidates = [...this.active.values()].filter(
      ({ storedEvents, finishing }) => storedEvents > 0 && !finishing,
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

  /** Waits for running generations, and interrupts those that are too slow. The database closes afterwards. */
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
