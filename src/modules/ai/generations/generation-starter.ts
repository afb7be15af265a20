import { Injectable } from '@nestjs/common';
import { TurnWriter } from '@/modules/conversations/index.js';
import type { Owner } from '@/modules/organizations/index.js';
import { newId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { ModelMessage } from '../models/language-model.js';
import { type RoutePlan, RoutePlanner } from '../routing/route-planner.js';
import { type TokenReservation, TokenBudgets } from '../usage/token-budgets.js';
import { ActiveGeneration } from './active-generation.js';
import { GenerationRowBuilder } from './beginnings.js';
import type { ChatRequest } from './dto/chat.request.js';
import type { IdempotencyIdentity } from './idempotent-generations.js';
import { GenerationRepository } from './persistence/generation.repository.js';
import { buildMessages } from './prompt.js';

/** A generation that has a row, or is about to get one (`live.storing`). */
export interface StartedGeneration {
  generation: ActiveGeneration;
  plan: RoutePlan;
  messages: ModelMessage[];
  reservation: TokenReservation;
}

/** How generations begin. Tokens are set aside, and the user's turn is stored, before any provider is asked. */
@Injectable()
export class GenerationStarter {
  constructor(
    private readonly generations: GenerationRepository,
    private readonly turnWriter: TurnWriter,
    private readonly planner: RoutePlanner,
    private readonly budgets: TokenBudgets,
    private readonly unitOfWork: UnitOfWork,
    private readonly rowBuilder: GenerationRowBuilder,
  ) {}

  /**
   * Throws what the planner and the budgets throw; with a conversation also `conversation_not_found` and
   * `generation_in_progress`.
   */
  start(
    owner: Owner,
    request: ChatRequest,
    identity: IdempotencyIdentity | null,
  ): Promise<StartedGeneration> {
    const { conversation_id: conversationId } = request;
    return conversationId == null
      ? this.startStandalone(owner, request, identity)
      : this.startInConversation(owner, { ...request, conversation_id: conversationId }, identity);
  }

  private async startStandalone(
    owner: Owner,
    request: ChatRequest,
    identity: IdempotencyIdentity | null,
  ): Promise<StartedGeneration> {
    const plan = this.planner.plan(request.provider ?? undefined, request.model ?? undefined);
    const messages = buildMessages(request, request.conversation_history ?? []);
    const generation = new ActiveGeneration({ owner, conversationId: null, messageId: null });
    if (identity) {
      const budget = await this.unitOfWork.run(async () => {
        const reserved = await this.budgets.reserve(owner, plan, messages);
        const row = this.rowBuilder.newGenerationRow(
          { generation, messages, reservation: reserved },
          identity,
        );
        await this.generations.insert(row);
        return reserved;
      });
      return { generation, plan, messages, reservation: budget };
    }
    const reservation = await this.budgets.reserve(owner, plan, messages);
    // Nothing can collide with it: the provider may be asked while the row is on its way.
    generation.pendingWrite = this.generations.insertBatched(
      this.rowBuilder.newGenerationRow({ generation, messages, reservation }, null),
    );
    return { generation, plan, messages, reservation };
  }

  private startInConversation(
    owner: Owner,
    request: ChatRequest & { conversation_id: string },
    identity: IdempotencyIdentity | null,
  ): Promise<StartedGeneration> {
    const conversationId = request.conversation_id.toLowerCase();
    return this.unitOfWork.run(async () => {
      const turn = await this.turnWriter.appendUserMessage(owner, conversationId, request.message);
      const plan = this.planner.plan(
        request.provider ?? this.planner.resolveStoredName(turn.provider),
        request.model ?? undefined,
      );
      const messages = buildMessages(request, turn.history);
      const reservation = await this.budgets.reserve(owner, plan, messages);
      const generation = new ActiveGeneration({ owner, conversationId, messageId: newId() });
      const row = this.rowBuilder.newGenerationRow({ generation, messages, reservation }, identity);
      await this.generations.insert({ ...row, organizationId: turn.ownerOrganizationId });
      return { generation, plan, messages, reservation };
    });
  }
}
