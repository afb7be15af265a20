import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Owner } from '@/modules/organizations/index.js';
import { Config } from '@/platform/config/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Log } from '@/platform/logging/index.js';
import type { OnDisconnect } from '@/platform/sse/index.js';
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
import type { GenerationPermit } from './generation-concurrency-limiter.js';
import { buildMessages, memoryOf, toPromptRequest } from './prompt.rules.js';

/** Why an answer is aborted. */
type AbortReason = 'client_disconnected' | 'interrupted' | 'too_long';

/**
 * Answers requests that need no row: whole answers without a conversation and an idempotency key. Stores no generation,
 * no events and no message; only the token usage is recorded.
 */
@Injectable()
export class StatelessAnswerService implements OnModuleDestroy {
  private readonly abortCallbacks = new Set<(reason: AbortReason) => void>();
  private interrupted = false;

  constructor(
    private readonly planner: RoutePlanner,
    private readonly router: ModelRouter,
    private readonly budgets: TokenBudgets,
    private readonly usageRecorder: UsageRecorder,
    private readonly config: Config,
    private readonly log: Log,
  ) {}

  /** Interrupts all running answers shortly after the server has begun to drain; clients get a retryable 503. */
  onModuleDestroy(): void {
    setTimeout(() => {
      this.interrupted = true;
      this.abortCallbacks.forEach((abort) => abort('interrupted'));
    }, DRAIN_GRACE_MS).unref();
  }

  /** Returns the whole answer. Aborts the request to the provider when the client disconnects. */
  async generate(
    owner: Owner,
    request: ChatRequest,
    { permit, onDisconnect }: { permit: GenerationPermit; onDisconnect: OnDisconnect },
  ): Promise<ChatResponse> {
    const plan = this.planner.plan(request.provider ?? undefined, request.model ?? undefined);
    const messages = buildMessages(request, request.conversation_history ?? []);
    permit.reserveMemory(memoryOf(messages));
    const reservation = await this.budgets.reserve(owner, plan, messages);
    const trace = new RouteTrace(plan, owner.userId);
    const accumulator = new AnswerAccumulator(messages, trace, this.config.ai.showReasoning);
    const remainingTokens = (): number | undefined => accumulator.remainingTokens(reservation.maxTokens);
    const prompt = toPromptRequest(owner, messages, { conversationId: null, remainingTokens });
    let routed: RoutedAnswer;
    try {
      routed = await this.route(trace, prompt, onDisconnect);
    } catch (error) {
      await this.recordUsage(owner, reservation, accumulator.callUsage());
      throw error;
    }
    const { provider, answer } = routed;
    accumulator.setAnsweringModel({ provider, model: answer.model });
    accumulator.appendReasoning(answer.reasoning ?? '');
    const content = accumulator.append(answer.content);
    await this.recordUsage(owner, reservation, accumulator.callUsage());
    return ChatResponse.from({
      ...answer,
      content,
      reasoning: accumulator.reasoning,
      requestedName: plan.requestedName,
      route: trace.steps,
    });
  }

  /** Records usage. Without a reservation a failure is only logged: the client still gets the answer. */
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
    onDisconnect: OnDisconnect,
  ): Promise<RoutedAnswer> {
    const abortController = new AbortController();
    const abort = (reason: AbortReason): void => abortController.abort(reason);
    onDisconnect(() => abort('client_disconnected'));
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
    case 'client_disconnected':
      return platformErrors.request_timeout({ cause });
    case 'interrupted':
      return platformErrors.overloaded({ cause, retryAfter: 1 });
    case 'too_long':
      return aiErrors.provider_timeout({ cause });
  }
}
