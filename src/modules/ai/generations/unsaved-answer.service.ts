import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Owner } from '@/modules/organizations/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Log } from '@/platform/logging/index.js';
import type { OnHangup } from '@/platform/sse/client-disconnect.js';
import { aiErrors } from '../ai.errors.js';
import { Planner } from '../routing/route-planner.js';
import { Receipt } from '../routing/route-trace.js';
import { type Question, type RoutedAnswer, Router } from '../routing/model-router.js';
import { type Budget, Budgets } from '../usage/token-budgets.js';
import { Ledger, type Spent } from '../usage/usage-recorder.js';
import { LONGEST_MS } from './active-generation.js';
import { GRACE_MS } from './active-generation-registry.js';
import { Draft } from './answer-accumulator.js';
import type { ChatRequest } from './dto/chat.request.js';
import { ChatResponse } from './dto/chat.response.js';
import { messagesOf, questionOf } from './prompt.js';

/** Why an answer is given up: nobody waits for it, the server restarts, or it takes for ever. */
type Cut = 'gone' | 'interrupted' | 'too_long';

/** Answers that nobody can come back to: asked once, without a conversation, and given whole. None is stored. */
@Injectable()
export class DirectAnswers implements OnModuleDestroy {
  private readonly asking = new Set<(reason: Cut) => void>();
  private interrupted = false;

  constructor(
    private readonly planner: Planner,
    private readonly router: Router,
    private readonly budgets: Budgets,
    private readonly ledger: Ledger,
    private readonly log: Log,
  ) {}

  /** The server begins to drain: who still waits after a moment is told to ask again. */
  onModuleDestroy(): void {
    setTimeout(() => {
      this.interrupted = true;
      this.asking.forEach((end) => end('interrupted'));
    }, GRACE_MS).unref();
  }

  /** When the client goes away, so does the request to the provider. */
  async answer(owner: Owner, request: ChatRequest, onHangup: OnHangup): Promise<ChatResponse> {
    const plan = this.planner.plan(request.provider ?? undefined, request.model ?? undefined);
    const messages = messagesOf(request, request.conversation_history ?? []);
    const budget = await this.budgets.reserve(owner, plan, messages);
    const receipt = new Receipt(plan, owner.userId);
    const draft = new Draft(messages, receipt);
    const room = (): number | undefined => draft.room(budget.maxTokens);
    const question = questionOf(owner, messages, { conversationId: null, room });
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
    const end = (reason: Cut): void => asking.abort(reason);
    onHangup(() => end('gone'));
    const deadline = setTimeout(() => end('too_long'), LONGEST_MS).unref();
    this.asking.add(end);
    if (this.interrupted) end('interrupted');
    try {
      return await this.router.answer(receipt, question, asking.signal);
    } catch (cause) {
      if (!asking.signal.aborted) throw cause;
      throw refusalOf(asking.signal.reason as Cut, cause);
    } finally {
      clearTimeout(deadline);
      this.asking.delete(end);
    }
  }
}

function refusalOf(reason: Cut, cause: unknown): Error {
  switch (reason) {
    case 'gone':
      return platformErrors.request_timeout({ cause });
    case 'interrupted':
      return platformErrors.overloaded({ cause, retryAfter: 1 });
    case 'too_long':
      return aiErrors.provider_timeout({ cause });
  }
}
