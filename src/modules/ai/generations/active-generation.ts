import type { Owner } from '@/modules/organizations/index.js';
import type { AppError } from '@/platform/errors/index.js';
import { newId } from '@/platform/kernel/ids.js';
import { endOfPiece, type FrameSource, frameOf } from '@/platform/sse/event-streams.js';
import type { Author } from './answer-accumulator.js';

/** Why a generation is ended from outside. */
export type EndReason = 'stopped' | 'interrupted' | 'gone' | 'too_long';

/** No answer takes longer. */
export const LONGEST_MS = 10 * 60_000;

interface Begun {
  owner: Owner;
  conversationId: string | null;
  /** Null without a conversation. */
  messageId: string | null;
}

/** An answer while this process writes it: its numbered events, and those who read along. */
export class LiveGeneration {
  readonly id = newId();
  readonly owner: Owner;
  readonly conversationId: string | null;
  readonly messageId: string | null;
  /** How many events are in the database. */
  stored = 0;
  /** Writes under way; nothing else is written before they are done. */
  storing: Promise<void> = Promise.resolve();
  /** Its end is being written, with all that is not stored yet. */
  ending = false;
  /** Who writes it at present. */
  author: Author | undefined;
  /** What it came to, where it failed. */
  failure: AppError | undefined;
  private readonly frames: string[] = [];
  private readonly waiting = new Set<() => void>();
  private readonly controller = new AbortController();
  private over = false;

  constructor({ owner, conversationId, messageId }: Begun) {
    this.owner = owner;
    this.conversationId = conversationId;
    this.messageId = messageId;
  }

  /** Aborts with an {@link EndReason}. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  end(reason: EndReason): void {
    this.controller.abort(reason);
  }

  get events(): number {
    return this.frames.length;
  }

  /** The frame of the next event, which nobody sees yet. */
  frame(event: string, data: object): string {
    return frameOf(this.frames.length + 1, event, JSON.stringify(data));
  }

  append(event: string, data: object): void {
    this.show(this.frame(event, data));
  }

  show(frame: string): void {
    this.frames.push(frame);
    this.wake();
  }

  /** Nothing follows any more. */
  close(): void {
    this.over = true;
    this.wake();
  }

  /** Events that are not in the database yet. */
  get unstored(): readonly string[] {
    return this.frames.slice(this.stored);
  }

  /** The frames after event `after`, to the end. */
  reader(after: number): FrameSource {
    let position = after;
    let waiting: (() => void) | undefined;
    return {
      take: () => {
        if (position >= this.frames.length) return this.over ? null : '';
        const from = position;
        position = endOfPiece(this.frames, from);
        return this.frames.slice(from, position).join('');
      },
      more: (ready) => {
        waiting = ready;
        this.waiting.add(ready);
      },
      close: () => {
        if (waiting) this.waiting.delete(waiting);
      },
    };
  }

  private wake(): void {
    if (this.waiting.size === 0) return;
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const resolve of waiting) resolve();
  }
}
