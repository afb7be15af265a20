import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Log } from '@/platform/logging/index.js';
import { Database, Notifications } from '@/platform/persistence/index.js';
import type { EndReason, LiveGeneration } from './active-generation.js';
import { EventLogRepository } from './persistence/event-log.repository.js';
import { GenerationRepository } from './persistence/generation.repository.js';

const STOP = 'generation-stop';
const STORE_MS = 250;
const LOOK_MS = 1_500;
/** When the server drains, answers may go on for a moment; then they end, and have so long for it. */
export const GRACE_MS = 2_500;
const ENDING_MS = 1_500;

/**
 * The answers this process is writing. Their events are stored a few times a second, so that other processes can
 * read along and little is lost in a crash.
 */
@Injectable()
export class LiveGenerations implements OnModuleInit, OnModuleDestroy {
  private readonly live = new Map<string, LiveGeneration>();
  private timers: NodeJS.Timeout[] = [];
  private deadline = 0;
  private looking = false;
  private interrupted = false;

  constructor(
    private readonly generations: GenerationRepository,
    private readonly events: EventLogRepository,
    private readonly notifications: Notifications,
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.notifications.on(STOP, (id) => this.end(id, 'stopped'));
    this.timers = [
      setInterval(() => this.storeAll(), STORE_MS).unref(),
      setInterval(() => void this.letGo(), LOOK_MS).unref(),
    ];
    this.database.beforeClose(() => this.drain());
  }

  /** The server begins to drain. Who waits for a whole answer holds that up, so it cannot be what ends it. */
  onModuleDestroy(): void {
    this.deadline = performance.now() + GRACE_MS;
    setTimeout(() => this.interrupt(), GRACE_MS).unref();
  }

  get(id: string): LiveGeneration | undefined {
    return this.live.get(id);
  }

  add(generation: LiveGeneration): void {
    this.live.set(generation.id, generation);
    if (this.interrupted) generation.end('interrupted');
  }

  remove({ id }: LiveGeneration): void {
    this.live.delete(id);
  }

  end(id: string, reason: EndReason): void {
    this.live.get(id)?.end(reason);
  }

  /** Ends it on whichever process writes it: that one hears of it at once, or sees it when it looks. */
  async stop(id: string): Promise<void> {
    if (this.live.has(id)) return this.end(id, 'stopped');
    await this.generations.stop(id);
    await this.notifications.publish(STOP, id);
  }

  private storeAll(): void {
    for (const generation of this.live.values()) {
      if (!generation.ending && generation.unstored.length > 0)
        generation.storing = generation.storing.then(() => this.store(generation));
    }
  }

  private async store(generation: LiveGeneration): Promise<void> {
    const { id, unstored: frames, stored, author } = generation;
    if (generation.ending || frames.length === 0) return;
    try {
      const kept = await this.events.add({ generationId: id, first: stored + 1, frames, author });
      if (kept) generation.stored = stored + frames.length;
      else generation.end('gone');
    } catch (error) {
      this.log.error('ai.events_not_stored', error); // tried again with the next ones
    }
  }

  /** Ends what was deleted while its provider says nothing, so that no event of it is refused, and what is to stop. */
  private async letGo(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    await this.look().finally(() => (this.looking = false));
  }

  private async look(): Promise<void> {
    const known = [...this.live.values()].filter(({ stored, ending }) => stored > 0 && !ending);
    if (known.length === 0) return;
    try {
      const running = await this.generations.running(known.map(({ id }) => id));
      for (const generation of known) {
        const row = running.get(generation.id);
        if (!generation.ending && row?.stopping !== false) generation.end(row ? 'stopped' : 'gone');
      }
    } catch (error) {
      this.log.error('ai.generations_not_seen', error);
    }
  }

  /** After the last request, before the database closes. */
  private async drain(): Promise<void> {
    while (this.live.size > 0 && performance.now() < this.deadline) await tick();
    this.interrupt();
    const end = performance.now() + ENDING_MS;
    while (this.live.size > 0 && performance.now() < end) await tick();
    this.timers.forEach((timer) => clearInterval(timer));
  }

  private interrupt(): void {
    this.interrupted = true;
    for (const generation of this.live.values()) generation.end('interrupted');
  }
}

function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
