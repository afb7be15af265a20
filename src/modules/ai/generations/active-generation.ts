import type { GroundedAnswer } from '@/modules/ai/grounding/grounded-answer.js';
import type { Owner } from '@/modules/organizations/index.js';
import { toErrorResponse, type AppError } from '@/platform/errors/index.js';
import { newId } from '@/platform/kernel/ids.js';
import { chunkEnd, type FrameSource, toEventFrame } from '@/platform/sse/index.js';
import type { AnsweringModel } from './answer-accumulator.js';
import type { ChatResponse } from './dto/chat.response.js';

/** Why a generation is aborted. `gone`: its row is missing, or another process has finished it. */
export type GenerationAbortReason = 'stopped' | 'interrupted' | 'gone' | 'too_long' | 'sources_gone';

/** Limit for a whole generation, including all retries and all providers. */
export const MAX_GENERATION_MS = 10 * 60_000;

interface ActiveGenerationInput {
  owner: Owner;
  conversationId: string | null;
  /** Null without a conversation. */
  messageId: string | null;
  /** Present when the answer must be supported by documents. */
  grounded?: GroundedAnswer | undefined;
  /** Makes the data of the event `done` from the answer; by default the answer itself. */
  toResult?: ToResult | undefined;
}

/** Makes the result that clients get of an answer; `grounded` is present for a grounded generation. */
export type ToResult = (answer: ChatResponse, grounded: GroundedAnswer | undefined) => object;

/** A generation that this process runs: its numbered events in memory, and the readers that wait for more. */
export class ActiveGeneration {
  readonly id = newId();
  readonly owner: Owner;
  readonly conversationId: string | null;
  readonly messageId: string | null;
  readonly grounded: GroundedAnswer | undefined;
  readonly toResult: ToResult;
  /** True when `done` has another form than the answer of a chat. */
  readonly hasOwnResult: boolean;
  /** How many events the database has. */
  storedEvents = 0;
  /** The last database write of this generation; the next write waits for it. */
  pendingWrite: Promise<void> = Promise.resolve();
  /** True from the moment the result is written: the periodic write of events skips this generation. */
  finishing = false;
  /** Undefined until a model has been asked. */
  answeringModel: AnsweringModel | undefined;
  /** The error that the generation ended with. */
  failure: AppError | undefined;
  private readonly frames: string[] = [];
  private readonly readyCallbacks = new Set<() => void>();
  private readonly abortController = new AbortController();
  private closed = false;

  constructor({ owner, conversationId, messageId, grounded, toResult }: ActiveGenerationInput) {
    this.owner = owner;
    this.conversationId = conversationId;
    this.messageId = messageId;
    this.grounded = grounded;
    this.hasOwnResult = toResult !== undefined;
    this.toResult = toResult ?? ((answer) => answer);
  }

  /** Its abort reason is a {@link GenerationAbortReason}. */
  get signal(): AbortSignal {
    return this.abortController.signal;
  }

  abort(reason: GenerationAbortReason): void {
    this.abortController.abort(reason);
  }

  get eventCount(): number {
    return this.frames.length;
  }

  /** Returns the frame of the next event without publishing it. */
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

  /** Ends every reader after the last event. */
  close(): void {
    this.closed = true;
    this.notifyReaders();
  }

  /** Frames that the database does not have yet. */
  get unstoredFrames(): readonly string[] {
    return this.frames.slice(this.storedEvents);
  }

  /** Returns a source of all frames after event number `after`, including frames that are published later. */
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
    for (const ready of callbacks) ready();
  }
}

/**
 * Returns the last event of a failed generation. Its data is the error body of a plain response, with `retry_after` for
 * the seconds of the header `Retry-After`, which a stream cannot have any more.
 */
export function buildErrorFrame(eventNumber: number, error: AppError, requestId: string): string {
  const { body, retryAfter } = toErrorResponse(error);
  const data = {
    ...body,
    request_id: requestId,
    ...(retryAfter === undefined ? {} : { retry_after: retryAfter }),
  };
  return toEventFrame(eventNumber, 'error', JSON.stringify(data));
}
