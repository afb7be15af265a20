import { Injectable } from '@nestjs/common';
import { type Owner, HiddenRowExplainer } from '@/modules/organizations/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { conversationErrors } from '../conversations.errors.js';
import { deriveTitle } from '../title.rules.js';
import {
  type FinishReason,
  type MessageRole,
  type MessageSource,
  type MessageUsage,
  toStorableText,
} from './message.rules.js';
import { TurnRepository } from './persistence/turn.repository.js';

/** Turns that are sent along with a question at most, and their characters: a usual context window, and then some. */
const MAX_HISTORY_MESSAGES = 200;
const MAX_HISTORY_CHARS = 240_000;

export interface TurnContext {
  userMessageId: string;
  /** Who answers in this conversation, unless the turn names somebody else. */
  provider: string | null;
  ownerOrganizationId: OrganizationId | null;
  /** The turns before this one, oldest first. */
  history: { role: MessageRole; content: string }[];
}

export interface AnswerInput {
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
export class TurnWriter {
  constructor(
    private readonly turns: TurnRepository,
    private readonly hiddenRowExplainer: HiddenRowExplainer,
    private readonly clock: Clock,
  ) {}

  /**
   * Stores the user's turn, unless it is the very turn that still waits for its answer: repeated after a failure it
   * is there once. What broke off is no turn to go on from. Holds the conversation until the end of the transaction. Throws `conversation_not_found`, or
   * `two_factor_required` where a stronger session would find it.
   */
  async appendUserMessage(owner: Owner, conversationId: string, content: string): Promise<TurnContext> {
    const conversation = await this.turns.lockConversation(owner, conversationId);
    if (!conversation) {
      const { conversation_not_found: notFound } = conversationErrors;
      throw await this.hiddenRowExplainer.explainMissingRow('conversations', conversationId, owner, notFound);
    }
    const { provider, organization_id: ownerOrganizationId } = conversation;
    const latest = await this.turns.findLatest(conversationId, MAX_HISTORY_MESSAGES + 1, MAX_HISTORY_CHARS);
    const [last] = latest;
    const unansweredId = last?.role === 'user' && last.content === content ? last.id : null;
    const previous = unansweredId === null ? latest.slice(0, MAX_HISTORY_MESSAGES) : latest.slice(1);
    const history = previous.map(({ role, content: text }) => ({ role, content: text })).reverse();
    const userMessageId = unansweredId ?? (await this.storeUserMessage(conversationId, content));
    return { userMessageId, provider, ownerOrganizationId, history };
  }

  /** Stores an answer, and names a conversation that has no title of its own. False when it is gone. */
  async appendAnswer(conversationId: string, answer: AnswerInput): Promise<boolean> {
    const { id, provider, model, finishReason, usage, sources } = answer;
    const content = toStorableText(answer.content);
    const answerFields = {
      provider,
      model,
      finish_reason: finishReason,
      usage,
      sources,
      created_at: this.clock.now(),
    };
    const message = {
      id,
      conversation_id: conversationId,
      role: 'assistant',
      content,
      ...answerFields,
    } as const;
    const conversation = await this.turns.append(message);
    if (!conversation) return false;
    if (conversation.titled) return true;
    const title = deriveTitle(await this.turns.findFirstUserMessage(conversationId), content);
    if (title !== null) await this.turns.setTitleIfUntitled(conversationId, title);
    return true;
  }

  private async storeUserMessage(conversationId: string, content: string): Promise<string> {
    const id = newId();
    const emptyAnswerFields = { provider: null, model: null, finish_reason: null, usage: null, sources: [] };
    const userMessage = { id, conversation_id: conversationId, role: 'user', content } as const;
    await this.turns.append({ ...userMessage, ...emptyAnswerFields, created_at: this.clock.now() });
    return id;
  }
}
