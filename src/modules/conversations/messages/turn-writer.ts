import { Injectable } from '@nestjs/common';
import { type Owner, HiddenRowExplainer } from '@/modules/organizations/index.js';
import { LOCAL_PROVIDER } from '@/platform/config/index.js';
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

/** Limits of the history that is sent with a question: more than a usual context window holds. */
const MAX_HISTORY_MESSAGES = 200;
const MAX_HISTORY_CHARS = 240_000;

export interface TurnContext {
  userMessageId: string;
  /** Provider or model of the conversation, for requests that name none. */
  provider: string | null;
  ownerOrganizationId: OrganizationId | null;
  /** The messages before this one, oldest first. */
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

/** Appends user messages and answers to conversations. The caller must have opened a transaction. */
@Injectable()
export class TurnWriter {
  constructor(
    private readonly turns: TurnRepository,
    private readonly hiddenRowExplainer: HiddenRowExplainer,
    private readonly clock: Clock,
  ) {}

  /**
   * Appends the message of a user and returns it with the history before it. When the last message has the same content
   * and no answer, it is reused, so that a request repeated after a failure stores it once. The history leaves out
   * failed answers. Locks the conversation until the transaction ends. Throws `conversation_not_found`, or
   * `two_factor_required` when a session with a second factor would find it.
   */
  async appendUserMessage(owner: Owner, conversationId: string, content: string): Promise<TurnContext> {
    const conversation = await this.turns.lockConversation(owner, conversationId);
    if (!conversation) {
      const notFound = conversationErrors.conversation_not_found;
      throw await this.hiddenRowExplainer.explainMissingRow('conversations', conversationId, owner, notFound);
    }
    const latest = await this.turns.findLatest(conversationId, MAX_HISTORY_MESSAGES + 1, MAX_HISTORY_CHARS);
    const [last] = latest;
    const unansweredId = last?.role === 'user' && last.content === content ? last.id : null;
    const previous = unansweredId === null ? latest.slice(0, MAX_HISTORY_MESSAGES) : latest.slice(1);
    const history = previous.map(({ role, content: text }) => ({ role, content: text })).reverse();
    const userMessageId = unansweredId ?? (await this.storeUserMessage(conversationId, content));
    return {
      userMessageId,
      provider: conversation.provider,
      ownerOrganizationId: conversation.organization_id,
      history,
    };
  }

  /**
   * Appends an answer, and derives the title of a conversation that has none. Returns false when the conversation has
   * been deleted.
   */
  async appendAnswer(conversationId: string, answer: AnswerInput): Promise<boolean> {
    const content = toStorableText(answer.content);
    const conversation = await this.turns.append({
      id: answer.id,
      conversation_id: conversationId,
      role: 'assistant',
      content,
      provider: answer.provider,
      model: answer.model,
      finish_reason: answer.finishReason,
      usage: answer.usage,
      sources: answer.sources,
      created_at: this.clock.now(),
    });
    if (!conversation) return false;
    if (conversation.titled) return true;
    const titleSource = answer.provider === LOCAL_PROVIDER ? '' : content; // the notice of this provider says nothing
    const title = deriveTitle(await this.turns.findFirstUserMessage(conversationId), titleSource);
    if (title !== null) await this.turns.setTitleIfUntitled(conversationId, title);
    return true;
  }

  /** Returns the last messages of the user in a conversation of the owner, newest first. */
  findLastQuestions(owner: Owner, conversationId: string, limit: number): Promise<string[]> {
    return this.turns.findLastQuestions(owner, conversationId, limit);
  }

  private async storeUserMessage(conversationId: string, content: string): Promise<string> {
    const id = newId();
    await this.turns.append({
      id,
      conversation_id: conversationId,
      role: 'user',
      content,
      provider: null,
      model: null,
      finish_reason: null,
      usage: null,
      sources: [],
      created_at: this.clock.now(),
    });
    return id;
  }
}
