import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { platformErrors } from '../../../platform/errors/index.js';
import type { OnHangup } from '../../../platform/http/hangup.js';
import { Log } from '../../../platform/logging/index.js';
import type { Owner } from '../../organizations/index.js';
import type { ChatRequest } from '../dto/chat.request.js';
import { ChatResponse } from '../dto/chat.response.js';
import { Planner } from '../routing/plan.js';
import { Receipt } from '../routing/receipt.js';
import { type Question, type RoutedAnswer, Router } from '../routing/router.js';
import { type Budget, Budgets } from '../usage/budgets.js';
import { Ledger, type Spent } from '../usage/ledger.js';
import { GRACE_MS } from './live-generations.js';
import { Draft } from './draft.js';
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
    private readonly log: Log,
  ) {}

  /** The server begins to drain: who still waits after a moment is told to ask again. */
  onModuleDestroy(): void {
    setTimeout(() => this.asking.forEach((asking) => asking.abort()), GRACE_MS).unref();
  }

  /** When the client goes away, so does the request to the provider. */
  async answer(owner: Owner, request: ChatRequest, onHangup: OnHangup): Promise<ChatResponse> {
    const plan = this.planner.plan(request.provider ?? undefined, request.model ?? undefined);
    const messages = messagesOf(request, request.conversation_history ?? []);
    const budget = await this.budgets.reserve(owner, plan, messages);
    const receipt = new Receipt(plan);
    const question = questionOf(owner, messages, { conversationId: null, maxTokens: budget.maxTokens });
    const draft = new Draft(messages, receipt);
    let routed: RoutedAnswer;
    try {
      routed = await this.ask(receipt, question, onHangup);
    } catch (error) {
      await this.settle(owner, budget, draft.spentSoFar());
      throw error;
    }
    const { provider, answer } = routed;
    const by = { provider, model: answer.model };
    draft.begin(by);
    const content = draft.add(answer.content);
    await this.settle(owner, budget, draft.spent(by, answer.usage));
    return ChatResponse.from({
      ...{ ...answer, asked: plan.asked, content, finish: answer.finishReason, route: receipt.steps },
    });
  }

  /** What was not set aside is counted as well as possible: an answer that is there is given. */
  private async settle(owner: Owner, budget: Budget, spent: Spent[]): Promise<void> {
    const settled = this.ledger.settle(owner, budget.reservationId, spent);
    if (budget.reservationId === null)
      await settled.catch((error: unknown) => this.log.error('ai.tokens_not_counted', error));
    else await settled;
  }

  private async ask(receipt: Receipt, question: Question, onHangup: OnHangup): Promise<RoutedAnswer> {
    const asking = new AbortController();
    const { signal } = asking;
    let gone = false;
    onHangup(() => {
      gone = true;
      asking.abort();
    });
    this.asking.add(asking);
    try {
      return await this.router.answer(receipt, question, signal);
    } catch (cause) {
      if (!signal.aborted) throw cause;
      throw gone
        ? platformErrors.request_timeout({ cause })
        : platformErrors.overloaded({ cause, retryAfter: 1 });
    } finally {
      this.asking.delete(asking);
    }
  }
}
