import type { Owner } from '@/modules/organizations/index.js';
import type { AppError } from '@/platform/errors/index.js';
import { newId } from '@/platform/kernel/ids.js';
import { chunkEnd, type FrameSource, toEventFrame } from '@/platform/sse/event-streams.js';
import type { AnsweringModel } from './answer-accumulator.js';

/** Why a generation is ended from outside. */
export type GenerationAbortReason = 'stopped' | 'interrupted' | 'gone' | 'too_long';

/** No answer takes longer. */
export const MAX_GENERATION_MS = 10 * 60_000;

interface ActiveGenerationInput {
  owner: Owner;
  conversationId: string | null;
  /** Null without a conversation. */
  messageId: string | null;
}

/** An answer while this process writes it: its numbered events, and those who read along. */
export class ActiveGeneration {
  readonly id = newId();
  readonly owner: Owner;
  readonly conversationId: string | null;
  readonly messageId: string | null;
  /** How many events are in the database. */
  storedEvents = 0;
  /** Writes under way; nothing else is written before they are done. */
  pendingWrite: Promise<void> = Promise.resolve();
  /** Its end is being written, with all that is not stored yet. */
  finishing = false;
  /** Who writes it at present. */
  answeringModel: AnsweringModel | undefined;
  /** What it came to, where it failed. */
  failure: AppError | undefined;
  private readonly frames: string[] = [];
  private readonly readyCallbacks = new Set<() => void>();
  private readonly abortController = new AbortController();
  private closed = false;

  constructor({ owner, conversationId, messageId }: ActiveGenerationInput) {
    this.owner = owner;
    this.conversationId = conversationId;
    this.messageId = messageId;
  }

  /** Aborts with an {@link GenerationAbortReason}. */
  get signal(): AbortSignal {
    return this.abortController.signal;
  }

  abort(reason: GenerationAbortReason): void {
    this.abortController.abort(reason);
  }

  get eventCount(): number {
    return this.frames.length;
  }

  /** The frame of the next event, which nobody sees yet. */
  buildFrame(event: string, data: object): string {
    return toEventFrame(this.frames.length + 1, event, JSON.stringify(data));
  }

  append(event: string, data: object): void {
    this.publish(this.buildFrame(event, data));
  }

  publish(frame: string): void {
    this.frames.push(frame);
    this.notifyReaders();
  }

  /** Nothing follows any more. */
  close(): void {
    this.closed = true;
    this.notifyReaders();
  }

  /** Events that are not in the database yet. */
  get unstoredFrames(): readonly string[] {
    return this.frames.slice(this.storedEvents);
  }

  /** The frames after event `after`, to the end. */
  createReader(after: number): FrameSource {
    let position = after;
    let readyCallback: (() => void) | undefined;
    return {
      read: () => {
        if (position >= this.frames.length) return this.closed ? null : '';
        const from = position;
        position = chunkEnd(this.frames, from);
        return this.frames.slice(from, position).join('');
      },
      onReadable: (ready) => {
        readyCallback = ready;
        this.readyCallbacks.add(ready);
      },
      close: () => {
        if (readyCallback) this.readyCallbacks.delete(readyCallback);
      },
    };
  }

  private notifyReaders(): void {
    if (this.readyCallbacks.size === 0) return;
    const callbacks = [...this.readyCallbacks];
    this.readyCallbacks.clear();
    for (const resolve of callbacks) resolve();
  }
}
