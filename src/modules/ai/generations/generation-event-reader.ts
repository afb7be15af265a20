import { Injectable } from '@nestjs/common';
import { AppError, getErrorFactories, platformErrors } from '@/platform/errors/index.js';
import type { Detail } from '@/platform/errors/index.js';
import type { OnDisconnect } from '@/platform/sse/client-disconnect.js';
import { type FrameSource, parseLastEvent } from '@/platform/sse/event-streams.js';
import { aiErrors } from '../ai.errors.js';
import { ActiveGenerationRegistry } from './active-generation-registry.js';
import type { ChatResponse } from './dto/chat.response.js';
import { EventLogRepository } from './persistence/event-log.repository.js';
import { StoredEventSource } from './stored-event-source.js';

/** Reads the events of a generation, wherever it is written, from any position to its end. */
@Injectable()
export class GenerationEventReader {
  constructor(
    private readonly activeGenerations: ActiveGenerationRegistry,
    private readonly eventLog: EventLogRepository,
  ) {}

  /** What comes after event `after`. The caller has made sure that the generation may be read. */
  openFrom(id: string, after: number): FrameSource {
    return (
      this.activeGenerations.get(id)?.createReader(after) ?? new StoredEventSource(this.eventLog, id, after)
    );
  }

  /** The same; null where everything was read before. */
  async openRemaining(id: string, after: number): Promise<FrameSource | null> {
    const generation = this.activeGenerations.get(id);
    if (generation) return generation.createReader(after);
    const source = new StoredEventSource(this.eventLog, id, after);
    await source.poll(0);
    return source.isExhausted ? null : source;
  }

  /** The whole answer, once it is there. Throws what it failed with. */
  async waitForAnswer(id: string, onHangup: OnDisconnect): Promise<ChatResponse> {
    const generation = this.activeGenerations.get(id);
    const lastFrames = await readLastFrames(this.openFrom(id, 0), onHangup);
    if (generation?.failure) throw toHttpError(generation.failure);
    const { event, data } = parseLastEvent(lastFrames) ?? {};
    if (event === undefined) throw toHttpError(aiErrors.generation_interrupted());
    if (event !== 'error') return data as ChatResponse;
    throw toHttpError(parseStoredError(data as { code: string; detail: Detail }));
  }
}

/** The last frames of a source. */
async function readLastFrames(source: FrameSource, onHangup: OnDisconnect): Promise<string> {
  let lastFrames = '';
  let disconnected = false;
  let resume = (): void => undefined;
  onHangup(() => {
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

/** Who waited for a whole answer has no stream to read on: the server was busy restarting, so ask again. */
function toHttpError(error: AppError): AppError {
  const interrupted = error.code === aiErrors.generation_interrupted.code;
  return interrupted ? platformErrors.overloaded({ cause: error, retryAfter: 1 }) : error;
}

/** The error that was stored as the last event. */
function parseStoredError({ code, detail }: { code: string; detail: Detail }): AppError {
  const kind = getErrorFactories().get(code)?.kind ?? 'internal';
  return new AppError(code, kind, detail);
}
