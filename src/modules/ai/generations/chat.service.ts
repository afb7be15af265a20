import { Injectable } from '@nestjs/common';
import { type Owner, ownerOf } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/actor.js';
import { requestContext } from '@/platform/context/request-context.js';
import { platformErrors } from '@/platform/errors/index.js';
import type { OnHangup } from '@/platform/sse/client-disconnect.js';
import type { FrameSource } from '@/platform/sse/event-streams.js';
import { Admission } from './generation-concurrency-limiter.js';
import type { ChatRequest } from './dto/chat.request.js';
import type { ChatResponse } from './dto/chat.response.js';
import { Followings } from './generation-event-reader.js';
import { Openings } from './generation-starter.js';
import { Repeats } from './idempotent-generations.js';
import { Launches } from './launches.js';
import { assertOneHistory } from './prompt.js';
import { DirectAnswers } from './unsaved-answer.service.js';

/** How an answer is asked for. */
interface Manner {
  stream: boolean;
  /** The `Idempotency-Key`. */
  key: string | undefined;
  onHangup: OnHangup;
}

/** Twins of a request that fail one after the other, and free its key, before this gives up. */
const ATTEMPTS = 10;

@Injectable()
export class GenerateService {
  constructor(
    private readonly admission: Admission,
    private readonly direct: DirectAnswers,
    private readonly openings: Openings,
    private readonly launches: Launches,
    private readonly followings: Followings,
    private readonly repeats: Repeats,
  ) {}

  /** A whole answer, or the events of one that has begun. Throws what kept it from beginning. */
  async generate(
    actor: Actor,
    request: ChatRequest,
    { stream, key, onHangup }: Manner,
  ): Promise<ChatResponse | FrameSource> {
    const owner = ownerOf(actor);
    assertOneHistory(request);
    if (!stream && key === undefined && request.conversation_id == null) {
      const leave = this.admission.enter(owner.userId);
      return this.direct.answer(owner, request, onHangup).finally(leave);
    }
    const id = await this.begin(owner, request, { stream, key });
    return stream ? this.followings.follow(id, 0) : this.followings.answer(id, onHangup);
  }

  /** The id of the generation: a new one, or the one that the same request has begun before. */
  private async begin(
    owner: Owner,
    request: ChatRequest,
    { stream, key }: Pick<Manner, 'stream' | 'key'>,
  ): Promise<string> {
    const repeatable = this.repeats.identify(owner, key, request);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const before = await this.repeats.find(repeatable);
      if (before !== undefined) return replayed(before);
      const leave = this.admission.enter(owner.userId);
      try {
        const opened = await this.openings.open(owner, request, repeatable);
        return (await this.launches.launch(opened, { inParts: stream, leave })).id;
      } catch (error) {
        leave();
        const winner = await this.repeats.winner(repeatable, error);
        if (winner !== undefined) return replayed(winner);
      }
    }
    throw platformErrors.idempotency_in_progress();
  }
}

function replayed(id: string): string {
  requestContext.setHeader('Idempotent-Replayed', 'true');
  return id;
}
