import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AppError, getErrorFactories, platformErrors, type Detail } from '@/platform/errors/index.js';
import { type OnDisconnect, chunkEnd, type FrameSource, parseLastEvent } from '@/platform/sse/index.js';
import { aiErrors } from '../ai.errors.js';
import { ActiveGenerationRegistry } from './active-generation-registry.js';
import { buildErrorFrame } from './active-generation.js';
import { GenerationEventRepository } from './persistence/generation-event.repository.js';

/** How often stored events are read while another process runs the generation. */
const POLL_INTERVAL_MS = 120;

/**
 * Reads the events of a generation from any position to its end: from memory when this process runs it, else from
 * the database. The caller has checked that the generation may be read.
 */
@Injectable()
export class GenerationEventReader {
  constructor(
    private readonly activeGenerations: ActiveGenerationRegistry,
    private readonly generationEvents: GenerationEventRepository,
  ) {}

  /** Returns a source of the events after number `after`. */
  openFrom(id: string, after: number): FrameSource {
    return (
      this.activeGenerations.get(id)?.createReader(after) ??
      new StoredEventSource(this.generationEvents, id, after)
    );
  }

  /** Like {@link openFrom}; returns null when the generation has ended and `after` is its last event. */
  async openRemaining(id: string, after: number): Promise<FrameSource | null> {
    const generation = this.activeGenerations.get(id);
    if (generation) return generation.createReader(after);
    const source = new StoredEventSource(this.generationEvents, id, after);
    await source.poll(0);
    return source.isExhausted ? null : source;
  }

  /** Waits for the end of the generation and returns its answer. Throws the error that it ended with. */
  async waitForAnswer(
    id: string,
    onDisconnect: OnDisconnect,
    events = this.openFrom(id, 0),
  ): Promise<object> {
    const generation = this.activeGenerations.get(id);
    const lastFrames = await readLastFrames(events, onDisconnect);
    if (generation?.failure) throw toHttpError(generation.failure);
    const { event, data } = parseLastEvent(lastFrames) ?? {};
    if (event === undefined) throw toHttpError(aiErrors.generation_interrupted());
    if (event !== 'error') return data as object;
    throw toHttpError(parseStoredError(data as { code: string; detail: Detail }));
  }
}

/** Reads the events of a generation from the database, and polls for new ones until it has ended. */
export class StoredEventSource implements FrameSource {
  private frames: string[] = [];
  private readCount = 0;
  private ended = false;
  private closed = false;

  constructor(
    private readonly generationEvents: Pick<GenerationEventRepository, 'readPage'>,
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
    const endWithoutResult = (): void => {
      // The database failed. A stream without a last event tells the client to reconnect.
      this.ended = true;
    };
    void this.poll(POLL_INTERVAL_MS)
      .catch(endWithoutResult)
      .then(() => this.closed || ready());
  }

  close(): void {
    this.closed = true;
  }

  /** Reads the next page of events. Without new events it waits `emptyWaitMs` milliseconds before it returns. */
  async poll(emptyWaitMs: number): Promise<void> {
    const page = await this.generationEvents.readPage(this.id, this.position);
    this.readCount = 0;
    if (!page) {
      this.frames = [buildErrorFrame(this.position + 1, aiErrors.generation_not_found(), this.id)];
      this.ended = true;
      return;
    }
    this.position = page.last;
    this.frames = page.frames;
    this.ended = page.state !== 'running' && !page.hasMore;
    if (this.frames.length === 0 && !this.ended) await pause(emptyWaitMs);
  }

  /** True when the generation has ended and the last page was empty. */
  get isExhausted(): boolean {
    return this.ended && this.frames.length === 0;
  }
}

/** Reads a source to its end, or until the client disconnects, and returns the last frames. */
async function readLastFrames(source: FrameSource, onDisconnect: OnDisconnect): Promise<string> {
  let lastFrames = '';
  let disconnected = false;
  let resume = (): void => undefined;
  onDisconnect(() => {
    disconnected = true;
    resume();
  });
  for (let frames = source.read(); frames !== null && !disconnected; frames = source.read()) {
    if (frames !== '') lastFrames = frames;
    else
      await new Promise<void>((ready) => {
        resume = ready;
        source.onReadable(ready);
      });
  }
  source.close();
  return lastFrames;
}

/** Maps `generation_interrupted` to a retryable 503: a client that waits for a whole answer cannot resume a stream. */
function toHttpError(error: AppError): AppError {
  const interrupted = error.code === aiErrors.generation_interrupted.code;
  return interrupted ? platformErrors.overloaded({ cause: error, retryAfter: 1 }) : error;
}

/** Rebuilds the error that was stored as the last event. */
function parseStoredError({ code, detail }: { code: string; detail: Detail }): AppError {
  const kind = getErrorFactories().get(code)?.kind ?? 'internal';
  return new AppError(code, kind, detail);
}
