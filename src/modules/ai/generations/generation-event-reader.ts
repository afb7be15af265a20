import { Injectable } from '@nestjs/common';
import { AppError, knownErrors, platformErrors } from '@/platform/errors/index.js';
import type { Detail } from '@/platform/errors/index.js';
import type { OnHangup } from '@/platform/sse/client-disconnect.js';
import { type FrameSource, lastEventIn } from '@/platform/sse/event-streams.js';
import { aiErrors } from '../ai.errors.js';
import { LiveGenerations } from './active-generation-registry.js';
import type { ChatResponse } from './dto/chat.response.js';
import { EventLogRepository } from './persistence/event-log.repository.js';
import { LogReader } from './stored-event-source.js';

/** Reads the events of a generation, wherever it is written, from any position to its end. */
@Injectable()
export class Followings {
  constructor(
    private readonly generations: LiveGenerations,
    private readonly events: EventLogRepository,
  ) {}

  /** What comes after event `after`. The caller has made sure that the generation may be read. */
  follow(id: string, after: number): FrameSource {
    return this.generations.get(id)?.reader(after) ?? new LogReader(this.events, id, after);
  }

  /** The same; null where everything was read before. */
  async rest(id: string, after: number): Promise<FrameSource | null> {
    const live = this.generations.get(id);
    if (live) return live.reader(after);
    const reader = new LogReader(this.events, id, after);
    await reader.look(0);
    return reader.exhausted ? null : reader;
  }

  /** The whole answer, once it is there. Throws what it failed with. */
  async answer(id: string, onHangup: OnHangup): Promise<ChatResponse> {
    const live = this.generations.get(id);
    const last = await lastOf(this.follow(id, 0), onHangup);
    if (live?.failure) throw overHttp(live.failure);
    const { event, data } = lastEventIn(last) ?? {};
    if (event === undefined) throw overHttp(aiErrors.generation_interrupted());
    if (event !== 'error') return data as ChatResponse;
    throw overHttp(errorFrom(data as { code: string; detail: Detail }));
  }
}

/** The last frames of a source. */
async function lastOf(source: FrameSource, onHangup: OnHangup): Promise<string> {
  let last = '';
  let gone = false;
  let wake = (): void => undefined;
  onHangup(() => {
    gone = true;
    wake();
  });
  for (let frames = source.take(); frames !== null && !gone; frames = source.take()) {
    if (frames !== '') last = frames;
    else
      await new Promise<void>((ready) => {
        wake = ready;
        source.more(ready);
      });
  }
  source.close();
  return last;
}

/** Who waited for a whole answer has no stream to read on: the server was busy restarting, so ask again. */
function overHttp(error: AppError): AppError {
  const interrupted = error.code === aiErrors.generation_interrupted.code;
  return interrupted ? platformErrors.overloaded({ cause: error, retryAfter: 1 }) : error;
}

/** The error that was stored as the last event. */
function errorFrom({ code, detail }: { code: string; detail: Detail }): AppError {
  const kind = knownErrors().get(code)?.kind ?? 'internal';
  return new AppError(code, kind, detail);
}
