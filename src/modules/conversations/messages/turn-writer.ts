import { Injectable } from '@nestjs/common';
import { type Owner, WeakSessions } from '@/modules/organizations/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { conversationErrors } from '../conversations.errors.js';
import { titleOf } from '../title.rules.js';
import {
  type FinishReason,
  type MessageRole,
  type MessageSource,
  type MessageUsage,
  storable,
} from './message.rules.js';
import { TurnRepository } from './persistence/turn.repository.js';

/** Turns that are sent along with a question at most, and their characters: a usual context window, and then some. */
const HISTORY = 200;
const CHARACTERS = 240_000;

export interface BegunTurn {
  userMessageId: string;
  /** Who answers in this conversation, unless the turn names somebody else. */
  provider: string | null;
  ownerOrganizationId: OrganizationId | null;
  /** The turns before this one, oldest first. */
  history: { role: MessageRole; content: string }[];
}

export interface Answer {
  id: string;
  content: string;
  provider: string;
  model: string;
  finishReason: FinishReason;
  usage: MessageUsage | null;
  sources: MessageSource[];
}

/** How turns get into a conversation. Both halves run inside the caller's unit of work. */
@Injectable()
export class Turns {
  constructor(
    private readonly turns: TurnRepository,
    private readonly weakSessions: WeakSessions,
    private readonly clock: Clock,
  ) {}

  /**
   * Stores the user's turn, unless it is the very turn that still waits for its answer: repeated after a failure it
   * is there once. What broke off is no turn to go on from. Holds the conversation until the end of the transaction. Throws `conversation_not_found`, or
   * `two_factor_required` where a stronger session would find it.
   */
  async begin(owner: Owner, conversationId: string, content: string): Promise<BegunTurn> {
    const conversation = await this.turns.lock(owner, conversationId);
    if (!conversation) {
      const { conversation_not_found: missing } = conversationErrors;
      throw await this.weakSessions.explain('conversations', conversationId, owner, missing);
    }
    const { provider, organization_id: ownerOrganizationId } = conversation;
    const latest = await this.turns.latest(conversationId, HISTORY + 1, CHARACTERS);
    const [last] = latest;
    const waiting = last?.role === 'user' && last.content === content ? last.id : null;
    const before = waiting === null ? latest.slice(0, HISTORY) : latest.slice(1);
    const history = before.map(({ role, content: said }) => ({ role, content: said })).reverse();
    const userMessageId = waiting ?? (await this.store(conversationId, content));
    return { userMessageId, provider, ownerOrganizationId, history };
  }

  /** Stores an answer, and names a conversation that has no title of its own. False when it is gone. */
  async finish(conversationId: string, answer: Answer): Promise<boolean> {
    const { id, provider, model, finishReason, usage, sources } = answer;
    const content = storable(answer.content);
    const made = {
      provider,
      model,
      finish_reason: finishReason,
      usage,
      sources,
      created_at: this.clock.now(),
    };
    const kept = { id, conversation_id: conversationId, role: 'assistant', content, ...made } as const;
    const conversation = await this.turns.append(kept);
    if (!conversation) return false;
    if (conversation.titled) return true;
    const title = titleOf(await this.turns.question(conversationId), content);
    if (title !== null) await this.turns.name(conversationId, title);
    return true;
  }

  private async store(conversationId: string, content: string): Promise<string> {
    const id = newId();
    const nothing = { provider: null, model: null, finish_reason: null, usage: null, sources: [] };
    const told = { id, conversation_id: conversationId, role: 'user', content } as const;
    await this.turns.append({ ...told, ...nothing, created_at: this.clock.now() });
    return id;
  }
}
