import { Injectable } from '@nestjs/common';
import { TurnWriter } from '@/modules/conversations/index.js';
import type { Owner } from '@/modules/organizations/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { DAY } from '@/platform/kernel/durations.js';
import { newId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { GroundedAnswer } from '../grounding/grounded-answer.js';
import type { ModelMessage } from '../models/language-model.js';
import { type RoutePlan, RoutePlanner } from '../routing/route-planner.js';
import { type TokenReservation, TokenBudgets } from '../usage/token-budgets.js';
import { estimateUsage } from '../usage/usage.rules.js';
import { ActiveGeneration, type ToResult } from './active-generation.js';
import type { ChatRequest } from './dto/chat.request.js';
import type { GenerationPermit } from './generation-concurrency-limiter.js';
import type { IdempotencyIdentity } from './generation-idempotency.service.js';
import { GenerationRepository, type NewGeneration } from './persistence/generation.repository.js';
import { buildMessages, memoryOf } from './prompt.rules.js';

/** How long events can be read again, and how long an idempotency key returns the same generation. */
const RETENTION = DAY;

/** A generation with its row. The insert may still be pending as `generation.pendingWrite`. */
export interface CreatedGeneration {
  generation: ActiveGeneration;
  plan: RoutePlan;
  messages: ModelMessage[];
  reservation: TokenReservation;
}

interface CreateOptions {
  identity: IdempotencyIdentity | null;
  permit: GenerationPermit;
  grounded?: GroundedAnswer | undefined;
  toResult?: ToResult | undefined;
}

/** Creates generations: reserves the tokens and stores the user's turn before any provider is asked. */
@Injectable()
export class GenerationCreationService {
  constructor(
    private readonly generations: GenerationRepository,
    private readonly turnWriter: TurnWriter,
    private readonly planner: RoutePlanner,
    private readonly budgets: TokenBudgets,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Throws the errors of {@link RoutePlanner.plan}, {@link TokenBudgets.reserve} and {@link GenerationPermit.reserveMemory}; with a conversation also
   * `conversation_not_found` and `generation_in_progress`. A taken idempotency key is a plain constraint violation.
   */
  create(owner: Owner, request: ChatRequest, options: CreateOptions): Promise<CreatedGeneration> {
    const { conversation_id: conversationId } = request;
    return conversationId == null
      ? this.createStandalone(owner, request, options)
      : this.createInConversation(owner, { ...request, conversation_id: conversationId }, options);
  }

  private async createStandalone(
    owner: Owner,
    request: ChatRequest,
    { identity, permit, grounded, toResult }: CreateOptions,
  ): Promise<CreatedGeneration> {
    const plan = this.planner.plan(request.provider ?? undefined, request.model ?? undefined);
    const instruction = grounded?.question.instruction;
    const messages = buildMessages(request, request.conversation_history ?? [], instruction);
    permit.reserveMemory(memoryOf(messages));
    const input = { owner, conversationId: null, messageId: null, grounded, toResult };
    const generation = new ActiveGeneration(input);
    if (identity) {
      return this.unitOfWork.run(async () => {
        const reservation = await this.budgets.reserve(owner, plan, messages);
        const created = { generation, plan, messages, reservation };
        await this.generations.insert(this.newGenerationRow(created, identity));
        return created;
      });
    }
    const reservation = await this.budgets.reserve(owner, plan, messages);
    const created = { generation, plan, messages, reservation };
    // Without a key and a conversation the insert cannot conflict, so the provider is asked in parallel.
    generation.pendingWrite = this.generations.insertBatched(this.newGenerationRow(created, null));
    return created;
  }

  private createInConversation(
    owner: Owner,
    request: ChatRequest & { conversation_id: string },
    { identity, permit, grounded, toResult }: CreateOptions,
  ): Promise<CreatedGeneration> {
    const conversationId = request.conversation_id.toLowerCase();
    return this.unitOfWork.run(async () => {
      const turn = await this.turnWriter.appendUserMessage(owner, conversationId, request.message);
      const plan = this.planner.plan(
        request.provider ?? this.planner.resolveStoredName(turn.provider),
        request.model ?? undefined,
      );
      const messages = buildMessages(request, turn.history, grounded?.question.instruction);
      permit.reserveMemory(memoryOf(messages));
      const reservation = await this.budgets.reserve(owner, plan, messages);
      const input = { owner, conversationId, messageId: newId(), grounded, toResult };
      const generation = new ActiveGeneration(input);
      const created = { generation, plan, messages, reservation };
      const row = this.newGenerationRow(created, identity);
      await this.generations.insert({ ...row, organizationId: turn.ownerOrganizationId });
      return created;
    });
  }

  private newGenerationRow(
    { generation, messages, reservation }: CreatedGeneration,
    identity: IdempotencyIdentity | null,
  ): NewGeneration {
    const { id, conversationId, owner } = generation;
    return {
      id,
      ownerId: owner.userId,
      organizationId: owner.organizationId,
      keyId: owner.keyId,
      conversationId,
      requestKey: identity?.requestKey ?? null,
      fingerprint: identity?.fingerprint ?? null,
      reservationId: reservation.reservationId,
      inputTokens: estimateUsage(messages, 0).inputTokens,
      createdAt: this.clock.now(),
      expiresAt: this.clock.after(RETENTION),
    };
  }
}
