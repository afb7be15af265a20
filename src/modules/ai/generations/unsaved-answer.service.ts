import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Owner } from '@/modules/organizations/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Log } from '@/platform/logging/index.js';
import type { OnDisconnect } from '@/platform/sse/client-disconnect.js';
import { aiErrors } from '../ai.errors.js';
import { type PromptRequest, type RoutedAnswer, ModelRouter } from '../routing/model-router.js';
import { RoutePlanner } from '../routing/route-planner.js';
import { RouteTrace } from '../routing/route-trace.js';
import { type TokenReservation, TokenBudgets } from '../usage/token-budgets.js';
import { UsageRecorder, type ModelCallUsage } from '../usage/usage-recorder.js';
import { DRAIN_GRACE_MS } from './active-generation-registry.js';
import { MAX_GENERATION_MS } from './active-generation.js';
import { AnswerAccumulator } from './answer-accumulator.js';
import type { ChatRequest } from './dto/chat.request.js';
import { ChatResponse } from './dto/chat.response.js';
import { buildMessages, toPromptRequest } from './prompt.js';

/** Why an answer is given up: nobody waits for it, the server restarts, or it takes for ever. */
type AbortReason = 'gone' | 'interrupted' | 'too_long';

/** Answers that nobody can come back to: asked once, without a conversation, and given whole. None is stored. */
@Injectable()
export class UnsavedAnswerService implements OnModuleDestroy {
  private readonly abortCallbacks = new Set<(reason: AbortReason) => void>();
  private interrupted = false;

  constructor(
    private readonly planner: RoutePlanner,
    private readonly router: ModelRouter,
    private readonly budgets: TokenBudgets,
    private readonly usageRecorder: UsageRecorder,
    private readonly log: Log,
  ) {}

  /** The server begins to drain: who still waits after a moment is told to ask again. */
  onModuleDestroy(): void {
    setTimeout(() => {
      this.interrupted = true;
      this.abortCallbacks.forEach((abort) => abort('interrupted'));
    }, DRAIN_GRACE_MS).unref();
  }

  /** When the client goes away, so does the request to the provider. */
  async generate(owner: Owner, request: ChatRequest, onHangup: OnDisconnect): Promise<ChatResponse> {
    const plan = this.planner.plan(request.provider ?? undefined, request.model ?? undefined);
    const messages = buildMessages(request, request.conversation_history ?? []);
    const budget = await this.budgets.reserve(owner, plan, messages);
    const receipt = new RouteTrace(plan, owner.userId);
    const draft = new AnswerAccumulator(messages, receipt);
    const room = (): number | undefined => draft.remainingTokens(budget.maxTokens);
    const question = toPromptRequest(owner, messages, { conversationId: null, remainingTokens: room });
    let routed: RoutedAnswer;
    try {
      routed = await this.route(receipt, question, onHangup);
    } catch (error) {
      await this.recordUsage(owner, budget, draft.usageSoFar());
      throw error;
    }
    const { provider, answer } = routed;
    const by = { provider, model: answer.model };
    draft.setAnsweringModel(by);
    const content = draft.append(answer.content);
    await this.recordUsage(owner, budget, draft.finalUsage(by, answer.usage));
    return ChatResponse.from({
      ...{
        ...answer,
        requestedName: plan.requestedName,
        content,
        finishReason: answer.finishReason,
        route: receipt.steps,
      },
    });
  }

  /** What was not set aside is counted as well as possible: an answer that is there is given. */
  private async recordUsage(
    owner: Owner,
    reservation: TokenReservation,
    calls: ModelCallUsage[],
  ): Promise<void> {
    const recording = this.usageRecorder.record(owner, reservation.reservationId, calls);
    if (reservation.reservationId === null)
      await recording.catch((error: unknown) => this.log.error('ai.tokens_not_counted', error));
    else await recording;
  }

  private async route(
    trace: RouteTrace,
    prompt: PromptRequest,
    onHangup: OnDisconnect,
  ): Promise<RoutedAnswer> {
    const abortController = new AbortController();
    const abort = (reason: AbortReason): void => abortController.abort(reason);
    onHangup(() => abort('gone'));
    const deadline = setTimeout(() => abort('too_long'), MAX_GENERATION_MS).unref();
    this.abortCallbacks.add(abort);
    if (this.interrupted) abort('interrupted');
    try {
      return await this.router.generate(trace, prompt, abortController.signal);
    } catch (cause) {
      if (!abortController.signal.aborted) throw cause;
      throw toAbortError(abortController.signal.reason as AbortReason, cause);
    } finally {
      clearTimeout(deadline);
      this.abortCallbacks.delete(abort);
    }
  }
}

function toAbortError(reason: AbortReason, cause: unknown): Error {
  switch (reason) {
    case 'gone':
      return platformErrors.request_timeout({ cause });
    case 'interrupted':
      return platformErrors.overloaded({ cause, retryAfter: 1 });
    case 'too_long':
      return aiErrors.provider_timeout({ cause });
  }
}
