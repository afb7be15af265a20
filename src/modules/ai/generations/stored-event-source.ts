import { setTimeout as pause } from 'node:timers/promises';
import { endOfPiece, type FrameSource } from '@/platform/sse/event-streams.js';
import { aiErrors } from '../ai.errors.js';
import { errorEvent } from './error-event.js';
import type { EventLogRepository } from './persistence/event-log.repository.js';

/** How soon events of another process are seen. They are stored a few times a second. */
const LOOK_MS = 120;

/** Reads a generation from its stored events, and follows one that another process writes. */
export class LogReader implements FrameSource {
  private frames: string[] = [];
  private taken = 0;
  private over = false;
  private closed = false;

  constructor(
    private readonly events: EventLogRepository,
    private readonly id: string,
    private position: number,
  ) {}

  take(): string | null {
    if (this.taken >= this.frames.length) return this.over ? null : '';
    const from = this.taken;
    this.taken = endOfPiece(this.frames, from);
    return this.frames.slice(from, this.taken).join('');
  }

  more(ready: () => void): void {
    const failed = (): void => {
      this.over = true; // the stream ends without an end: its reader comes back
    };
    void this.look(LOOK_MS)
      .catch(failed)
      .then(() => this.closed || ready());
  }

  close(): void {
    this.closed = true;
  }

  /** Looks once; where there is nothing yet, that takes `patience` milliseconds. */
  async look(patience: number): Promise<void> {
    const found = await this.events.follow(this.id, this.position);
    this.taken = 0;
    if (!found) {
      // Deleted, with all that came of it.
      this.frames = [errorEvent(this.position + 1, aiErrors.generation_not_found(), this.id)];
      this.over = true;
      return;
    }
    this.position = found.last;
    this.frames = found.frames;
    this.over = found.state !== 'running' && !found.more;
    if (this.frames.length === 0 && !this.over) await pause(patience);
  }

  /** Everything was read before. */
  get exhausted(): boolean {
    return this.over && this.frames.length === 0;
  }
}
