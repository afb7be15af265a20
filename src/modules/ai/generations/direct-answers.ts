import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { LOCAL } from '../../../platform/config/index.js';
import { platformErrors } from '../../../platform/errors/index.js';
import { storable } from '../../conversations/index.js';
import type { Owner } from '../../organizations/index.js';
import { aiErrors } from '../ai.errors.js';
import type { ChatRequest } from '../dto/chat.request.js';
import { ChatResponse } from '../dto/chat.response.js';
import type { ModelAnswer } from '../models/language-model.js';
import { Planner } from '../routing/plan.js';
import { Receipt } from '../routing/receipt.js';
import { type Question, type RoutedAnswer, Router } from '../routing/router.js';
import { Budgets } from '../usage/budgets.js';
import { Ledger } from '../usage/ledger.js';
import { estimate } from '../usage/tokens.js';
import { GRACE_MS } from './live-generations.js';
import { messagesOf, questionOf } from './question.js';

/** Answers that nobody can come back to: asked once, without a conversation, and given whole. Nothing is stored. */
@Injectable()
export class DirectAnswers implements OnModuleDestroy {
  private readonly asking = new Set<AbortController>();

  constructor(
    private readonly planner: Planner,
    private readonly router: Router,
    private readonly budgets: Budgets,
    private readonly ledger: Ledger,
  ) {}

  /** The server begins to drain: who still waits after a moment is told to ask again. */
  onModuleDestroy(): void {
    setTimeout(() => this.asking.forEach((asking) => asking.abort()), GRACE_MS).unref();
  }

  /** When the client goes away, so does the request to the provider. */
  async answer(owner: Owner, request: ChatRequest, hangup: AbortSignal): Promise<ChatResponse> {
    const plan = this.planner.plan(request.provider ?? undefined, request.model ?? undefined);
    const messages = messagesOf(request, request.conversation_history ?? []);
    const budget = await this.budgets.reserve(owner, messages);
    const receipt = new Receipt(plan);
    const question = questionOf(owner, messages, { conversationId: null, maxTokens: budget.maxTokens });
    let routed: RoutedAnswer;
    try {
      routed = await this.ask(receipt, question, hangup);
    } catch (error) {
      await this.ledger.settle(owner, budget, []);
      throw error;
    }
    const { provider, answer } = routed;
    const guess =
      provider === LOCAL ? { inputTokens: 0, outputTokens: 0 } : estimate(messages, answer.content);
    await this.ledger.settle(owner, budget, [
      { provider, model: answer.model, usage: answer.usage ?? guess },
    ]);
    return this.show(plan.asked, answer, receipt);
  }

  private async ask(receipt: Receipt, question: Question, hangup: AbortSignal): Promise<RoutedAnswer> {
    const asking = new AbortController();
    const { signal } = asking;
    hangup.addEventListener('abort', () => asking.abort());
    if (hangup.aborted) asking.abort();
    this.asking.add(asking);
    try {
      return await this.router.answer(receipt, question, signal);
    } catch (cause) {
      if (!signal.aborted) throw cause;
      throw hangup.aborted
        ? platformErrors.request_timeout({ cause })
        : aiErrors.generation_interrupted({ cause });
    } finally {
      this.asking.delete(asking);
    }
  }

  private show(asked: string, answer: ModelAnswer, { steps: route }: Receipt): ChatResponse {
    const content = storable(answer.content);
    return ChatResponse.from({ ...answer, asked, content, finish: answer.finishReason, route });
  }
}
