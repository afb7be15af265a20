import { setTimeout as pause } from 'node:timers/promises';
import { chunkEnd, type FrameSource } from '@/platform/sse/event-streams.js';
import { aiErrors } from '../ai.errors.js';
import { buildErrorFrame } from './error-event.js';
import type { EventLogRepository } from './persistence/event-log.repository.js';

/** How soon events of another process are seen. They are stored a few times a second. */
const POLL_INTERVAL_MS = 120;

/** Reads a generation from its stored events, and follows one that another process writes. */
export class StoredEventSource implements FrameSource {
  private frames: string[] = [];
  private readCount = 0;
  private ended = false;
  private closed = false;

  constructor(
    private readonly eventLog: EventLogRepository,
    private readonly id: string,
    private position: number,
  ) {}

  read(): string | null {
    if (this.readCount >= this.frames.length) return this.ended ? null : '';
    const from = this.readCount;
    this.readCount = chunkEnd(this.frames, from);
    return this.frames.slice(from, this.readCount).join('');
  }

  onReadable(ready: () => void): void {
    const failed = (): void => {
      this.ended = true; // the stream ends without an end: its reader comes back
    };
    void this.poll(POLL_INTERVAL_MS)
      .catch(failed)
      .then(() => this.closed || ready());
  }

  close(): void {
    this.closed = true;
  }

  /** Looks once; where there is nothing yet, that takes `patience` milliseconds. */
  async poll(emptyWaitMs: number): Promise<void> {
    const page = await this.eventLog.readPage(this.id, this.position);
    this.readCount = 0;
    if (!page) {
      // Deleted, with all that came of it.
      this.frames = [buildErrorFrame(this.position + 1, aiErrors.generation_not_found(), this.id)];
      this.ended = true;
      return;
    }
    this.position = page.last;
    this.frames = page.frames;
    this.ended = page.state !== 'running' && !page.hasMore;
    if (this.frames.length === 0 && !this.ended) await pause(emptyWaitMs);
  }

  /** Everything was read before. */
  get isExhausted(): boolean {
    return this.ended && this.frames.length === 0;
  }
}
