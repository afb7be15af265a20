import { Injectable } from '@nestjs/common';
import { type Owner, toOwner } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/actor.js';
import { requestContext } from '@/platform/context/request-context.js';
import { platformErrors } from '@/platform/errors/index.js';
import type { OnDisconnect } from '@/platform/sse/client-disconnect.js';
import type { FrameSource } from '@/platform/sse/event-streams.js';
import type { ChatRequest } from './dto/chat.request.js';
import type { ChatResponse } from './dto/chat.response.js';
import { GenerationConcurrencyLimiter } from './generation-concurrency-limiter.js';
import { GenerationEventReader } from './generation-event-reader.js';
import { GenerationStarter } from './generation-starter.js';
import { IdempotentGenerations } from './idempotent-generations.js';
import { GenerationLauncher } from './launches.js';
import { assertSingleHistory } from './prompt.js';
import { UnsavedAnswerService } from './unsaved-answer.service.js';

/** How an answer is asked for. */
interface GenerateOptions {
  streaming: boolean;
  /** The `Idempotency-Key`. */
  idempotencyKey: string | undefined;
  onHangup: OnDisconnect;
}

/** Twins of a request that fail one after the other, and free its key, before this gives up. */
const MAX_IDEMPOTENCY_ATTEMPTS = 10;

@Injectable()
export class ChatService {
  constructor(
    private readonly concurrencyLimiter: GenerationConcurrencyLimiter,
    private readonly unsavedAnswers: UnsavedAnswerService,
    private readonly starter: GenerationStarter,
    private readonly launcher: GenerationLauncher,
    private readonly eventReader: GenerationEventReader,
    private readonly idempotentGenerations: IdempotentGenerations,
  ) {}

  /** A whole answer, or the events of one that has begun. Throws what kept it from beginning. */
  async generate(
    actor: Actor,
    request: ChatRequest,
    { streaming, idempotencyKey, onHangup }: GenerateOptions,
  ): Promise<ChatResponse | FrameSource> {
    const owner = toOwner(actor);
    assertSingleHistory(request);
    if (!streaming && idempotencyKey === undefined && request.conversation_id == null) {
      const release = this.concurrencyLimiter.acquire(owner.userId);
      return this.unsavedAnswers.generate(owner, request, onHangup).finally(release);
    }
    const id = await this.startOrFindExisting(owner, request, { streaming, idempotencyKey });
    return streaming ? this.eventReader.openFrom(id, 0) : this.eventReader.waitForAnswer(id, onHangup);
  }

  /** The id of the generation: a new one, or the one that the same request has begun before. */
  private async startOrFindExisting(
    owner: Owner,
    request: ChatRequest,
    { streaming, idempotencyKey }: Pick<GenerateOptions, 'streaming' | 'idempotencyKey'>,
  ): Promise<string> {
    const identity = this.idempotentGenerations.identify(owner, idempotencyKey, request);
    for (let attempt = 0; attempt < MAX_IDEMPOTENCY_ATTEMPTS; attempt += 1) {
      const existingId = await this.idempotentGenerations.findExisting(identity);
      if (existingId !== undefined) return markReplayed(existingId);
      const release = this.concurrencyLimiter.acquire(owner.userId);
      try {
        const started = await this.starter.start(owner, request, identity);
        return (await this.launcher.start(started, { inParts: streaming, leave: release })).id;
      } catch (error) {
        release();
        const concurrentId = await this.idempotentGenerations.findConcurrent(identity, error);
        if (concurrentId !== undefined) return markReplayed(concurrentId);
      }
    }
    throw platformErrors.idempotency_in_progress();
  }
}

function markReplayed(id: string): string {
  requestContext.setHeader('Idempotent-Replayed', 'true');
  return id;
}
