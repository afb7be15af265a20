import { Injectable } from '@nestjs/common';
import { type Owner, toOwner } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/index.js';
import { requestContext } from '@/platform/context/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import type { OnDisconnect, FrameSource } from '@/platform/sse/index.js';
import { GroundingRegistry } from '../grounding/grounding-registry.js';
import { hideSources } from '../grounding/hidden-sources.js';
import type { ChatRequest } from './dto/chat.request.js';
import { GenerationEventReader } from './generation-event-reader.js';
import { GenerationIdempotencyService } from './generation-idempotency.service.js';
import { GenerationStartService, type StartOptions } from './generation-start.service.js';
import { assertSingleHistory, questionsOf } from './prompt.rules.js';
import { StatelessAnswerService } from './stateless-answer.service.js';

interface GenerateOptions {
  streaming: boolean;
  /** The value of the `Idempotency-Key` header. */
  idempotencyKey: string | undefined;
  onDisconnect: OnDisconnect;
  /** Finds the passages that must support the answer. By default the documents of the caller, for a request with `use_knowledge`. */
  ground?: StartOptions['ground'];
  toResult?: StartOptions['toResult'];
  /** The operation whose idempotency keys are used; by default that of chats. */
  operation?: string;
}

/** How many failed attempts with the same idempotency key are waited for before giving up. */
const MAX_IDEMPOTENCY_ATTEMPTS = 10;

/** Answers chat requests: whole or as events, stored or not, once for each idempotency key. */
@Injectable()
export class ChatService {
  constructor(
    private readonly statelessAnswers: StatelessAnswerService,
    private readonly generationStart: GenerationStartService,
    private readonly eventReader: GenerationEventReader,
    private readonly generationIdempotency: GenerationIdempotencyService,
    private readonly groundings: GroundingRegistry,
  ) {}

  /**
   * Returns the whole answer, or with `streaming` the source of its events. A stream throws only the errors that
   * prevent the start; later errors are events.
   */
  async generate(
    actor: Actor,
    request: ChatRequest,
    { onDisconnect, ...options }: GenerateOptions,
  ): Promise<object | FrameSource> {
    const owner = toOwner(actor);
    const { streaming, idempotencyKey } = options;
    assertSingleHistory(request);
    const ground = options.ground ?? this.groundOf(actor, request);
    if (!streaming && !ground && idempotencyKey === undefined && request.conversation_id == null)
      return this.statelessAnswers.generate(owner, request, onDisconnect);
    const { id, replayed } = await this.startOrFindExisting(owner, request, { ...options, ground });
    const gone = replayed ? await this.groundings.get().findGoneSources(owner, id) : [];
    const events = hideSources(this.eventReader.openFrom(id, 0), gone);
    return streaming ? events : this.eventReader.waitForAnswer(id, onDisconnect, events);
  }

  private groundOf(actor: Actor, request: ChatRequest): StartOptions['ground'] {
    if (!request.use_knowledge) return undefined;
    const { message: question, conversation_id: conversationId = null } = request;
    const earlierQuestions = questionsOf(request);
    return () => this.groundings.get().ground(actor, { question, conversationId, earlierQuestions });
  }

  /** Returns the id of a new generation, or of the one that an earlier request with the same key has created. */
  private async startOrFindExisting(
    owner: Owner,
    request: ChatRequest,
    { idempotencyKey, operation, ...options }: Omit<GenerateOptions, 'onDisconnect'>,
  ): Promise<{ id: string; replayed: boolean }> {
    const identity = this.generationIdempotency.identify(owner, idempotencyKey, request, operation);
    for (let attempt = 0; attempt < MAX_IDEMPOTENCY_ATTEMPTS; attempt += 1) {
      const existingId = await this.generationIdempotency.findExisting(identity);
      if (existingId !== undefined) return markReplayed(existingId);
      try {
        const id = await this.generationStart.start(owner, request, { ...options, identity });
        return { id, replayed: false };
      } catch (error) {
        const concurrentId = await this.generationIdempotency.findConcurrent(identity, error);
        if (concurrentId !== undefined) return markReplayed(concurrentId);
      }
    }
    throw platformErrors.idempotency_in_progress();
  }
}

function markReplayed(id: string): { id: string; replayed: true } {
  requestContext.setHeader('Idempotent-Replayed', 'true');
  return { id, replayed: true };
}
