import { Injectable } from '@nestjs/common';
import { Turns } from '@/modules/conversations/index.js';
import type { Owner } from '@/modules/organizations/index.js';
import { newId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { ModelMessage } from '../models/language-model.js';
import { type Plan, Planner } from '../routing/route-planner.js';
import { type Budget, Budgets } from '../usage/token-budgets.js';
import { LiveGeneration } from './active-generation.js';
import { Beginnings } from './beginnings.js';
import type { ChatRequest } from './dto/chat.request.js';
import type { Repeatable } from './idempotent-generations.js';
import { GenerationRepository } from './persistence/generation.repository.js';
import { messagesOf } from './prompt.js';

/** A generation that has a row, or is about to get one (`live.storing`). */
export interface Opened {
  live: LiveGeneration;
  plan: Plan;
  messages: ModelMessage[];
  budget: Budget;
}

/** How generations begin. Tokens are set aside, and the user's turn is stored, before any provider is asked. */
@Injectable()
export class Openings {
  constructor(
    private readonly generations: GenerationRepository,
    private readonly turns: Turns,
    private readonly planner: Planner,
    private readonly budgets: Budgets,
    private readonly unitOfWork: UnitOfWork,
    private readonly beginnings: Beginnings,
  ) {}

  /**
   * Throws what the planner and the budgets throw; with a conversation also `conversation_not_found` and
   * `generation_in_progress`.
   */
  open(owner: Owner, request: ChatRequest, repeatable: Repeatable | null): Promise<Opened> {
    const { conversation_id: conversationId } = request;
    return conversationId == null
      ? this.alone(owner, request, repeatable)
      : this.inConversation(owner, { ...request, conversation_id: conversationId }, repeatable);
  }

  private async alone(owner: Owner, request: ChatRequest, repeatable: Repeatable | null): Promise<Opened> {
    const plan = this.planner.plan(request.provider ?? undefined, request.model ?? undefined);
    const messages = messagesOf(request, request.conversation_history ?? []);
    const live = new LiveGeneration({ owner, conversationId: null, messageId: null });
    if (repeatable) {
      const budget = await this.unitOfWork.run(async () => {
        const reserved = await this.budgets.reserve(owner, plan, messages);
        const row = this.beginnings.rowOf({ live, messages, budget: reserved }, repeatable);
        await this.generations.insert(row);
        return reserved;
      });
      return { live, plan, messages, budget };
    }
    const budget = await this.budgets.reserve(owner, plan, messages);
    // Nothing can collide with it: the provider may be asked while the row is on its way.
    live.storing = this.generations.add(this.beginnings.rowOf({ live, messages, budget }, null));
    return { live, plan, messages, budget };
  }

  private inConversation(
    owner: Owner,
    request: ChatRequest & { conversation_id: string },
    repeatable: Repeatable | null,
  ): Promise<Opened> {
    const conversationId = request.conversation_id.toLowerCase();
    return this.unitOfWork.run(async () => {
      const turn = await this.turns.begin(owner, conversationId, request.message);
      const plan = this.planner.plan(
        request.provider ?? this.planner.known(turn.provider),
        request.model ?? undefined,
      );
      const messages = messagesOf(request, turn.history);
      const budget = await this.budgets.reserve(owner, plan, messages);
      const live = new LiveGeneration({ owner, conversationId, messageId: newId() });
      const row = this.beginnings.rowOf({ live, messages, budget }, repeatable);
      await this.generations.insert({ ...row, organizationId: turn.ownerOrganizationId });
      return { live, plan, messages, budget };
    });
  }
}
