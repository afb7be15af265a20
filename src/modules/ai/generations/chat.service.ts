import { Injectable } from '@nestjs/common';
import { type Owner, toOwner } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/index.js';
import { requestContext } from '@/platform/context/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import type { OnDisconnect, FrameSource } from '@/platform/sse/index.js';
import type { ChatRequest } from './dto/chat.request.js';
import type { ChatResponse } from './dto/chat.response.js';
import { GenerationConcurrencyLimiter } from './generation-concurrency-limiter.js';
import { GenerationCreationService } from './generation-creation.service.js';
import { GenerationEventReader } from './generation-event-reader.js';
import { GenerationIdempotencyService } from './generation-idempotency.service.js';
import { GenerationRunner } from './generation-runner.js';
import { assertSingleHistory } from './prompt.rules.js';
import { StatelessAnswerService } from './stateless-answer.service.js';

interface GenerateOptions {
  streaming: boolean;
  /** The value of the `Idempotency-Key` header. */
  idempotencyKey: string | undefined;
  onDisconnect: OnDisconnect;
}

/** How many failed attempts with the same idempotency key are waited for before giving up. */
const MAX_IDEMPOTENCY_ATTEMPTS = 10;

/** Answers chat requests: whole or as events, stored or not, once for each idempotency key. */
@Injectable()
export class ChatService {
  constructor(
    private readonly concurrencyLimiter: GenerationConcurrencyLimiter,
    private readonly statelessAnswers: StatelessAnswerService,
    private readonly generationCreation: GenerationCreationService,
    private readonly runner: GenerationRunner,
    private readonly eventReader: GenerationEventReader,
    private readonly generationIdempotency: GenerationIdempotencyService,
  ) {}

  /**
   * Returns the whole answer, or with `streaming` the source of its events. A stream throws only the errors that
   * prevent the start; later errors are events.
   */
  async generate(
    actor: Actor,
    request: ChatRequest,
    { streaming, idempotencyKey, onDisconnect }: GenerateOptions,
  ): Promise<ChatResponse | FrameSource> {
    const owner = toOwner(actor);
    assertSingleHistory(request);
    if (!streaming && idempotencyKey === undefined && request.conversation_id == null)
      return this.statelessAnswers.generate(owner, request, onDisconnect);
    const id = await this.startOrFindExisting(owner, request, { streaming, idempotencyKey });
    return streaming ? this.eventReader.openFrom(id, 0) : this.eventReader.waitForAnswer(id, onDisconnect);
  }

  /** Returns the id of a new generation, or of the one that an earlier request with the same key has created. */
  private async startOrFindExisting(
    owner: Owner,
    request: ChatRequest,
    { streaming, idempotencyKey }: Pick<GenerateOptions, 'streaming' | 'idempotencyKey'>,
  ): Promise<string> {
    const identity = this.generationIdempotency.identify(owner, idempotencyKey, request);
    for (let attempt = 0; attempt < MAX_IDEMPOTENCY_ATTEMPTS; attempt += 1) {
      const existingId = await this.generationIdempotency.findExisting(identity);
      if (existingId !== undefined) return markReplayed(existingId);
      const permit = this.concurrencyLimiter.acquire(owner.userId);
      try {
        const created = await this.generationCreation.create(owner, request, { identity, permit });
        return await this.runner.start(created, { streaming, release: permit.release });
      } catch (error) {
        permit.release();
        const concurrentId = await this.generationIdempotency.findConcurrent(identity, error);
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
