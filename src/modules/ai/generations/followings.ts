import { Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError, knownErrors } from '../../../platform/errors/index.js';
import type { Detail } from '../../../platform/errors/index.js';
import type { ChatResponse } from '../dto/chat.response.js';
import { aiErrors } from '../ai.errors.js';
import { interruption } from './interruption.js';
import { LiveGenerations } from './live-generations.js';
import { EventLogRepository } from './persistence/event-log.repository.js';

/** How soon events of another process are seen. They are stored a few times a second. */
const LOOK_MS = 120;

/** Reads the events of a generation, wherever it is written, from any position to its end. */
@Injectable()
export class Followings {
  constructor(
    private readonly generations: LiveGenerations,
    private readonly events: EventLogRepository,
  ) {}

  /** Frames after event `after`. The caller has made sure that the generation may be read. */
  async *follow(id: string, after: number, signal: AbortSignal): AsyncGenerator<string> {
    const live = this.generations.get(id);
    if (live) return yield* live.follow(after, signal);
    let position = after;
    while (!signal.aborted) {
      const found = await this.events.follow(id, position);
      if (!found) return yield interruption(id, position + 1); // deleted, with all that came of it
      position += found.frames.length;
      if (found.frames.length > 0) yield found.frames.join('');
      if (found.state !== 'running') return;
      if (found.frames.length === 0) await pause(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** The whole answer, once it is there. Throws what it failed with. */
  async answer(id: string, signal: AbortSignal): Promise<ChatResponse> {
    let last = '';
    const live = this.generations.get(id);
    for await (const frames of this.follow(id, 0, signal)) last = frames;
    if (live?.failure) throw live.failure;
    const [, event, data] = /event: (\w+)\ndata: ([^\n]*)\n\n$/.exec(last) ?? [];
    if (data === undefined || event === undefined) throw aiErrors.generation_interrupted();
    if (event !== 'error') return JSON.parse(data) as ChatResponse;
    throw errorFrom(JSON.parse(data) as { code: string; detail: Detail });
  }
}

/** The error that was stored as the last event. */
function errorFrom({ code, detail }: { code: string; detail: Detail }): AppError {
  const kind = knownErrors().get(code)?.kind ?? 'internal';
  return new AppError(code, kind, detail);
}
