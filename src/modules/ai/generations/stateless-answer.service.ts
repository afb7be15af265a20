import { Injectable } from '@nestjs/common';
import type { Owner } from '@/modules/organizations/index.js';
import type { OnDisconnect } from '@/platform/sse/index.js';
import { ModelRouter } from '../routing/model-router.js';
import { RoutePlanner } from '../routing/route-planner.js';
import type { ChatRequest } from './dto/chat.request.js';
import { ChatResponse } from './dto/chat.response.js';
import { buildMessages } from './prompt.rules.js';
import { StatelessGenerationRunner } from './stateless-generation-runner.js';

/** Answers requests that need no row: whole answers without a conversation and an idempotency key. */
@Injectable()
export class StatelessAnswerService {
  constructor(
    private readonly planner: RoutePlanner,
    private readonly router: ModelRouter,
    private readonly runner: StatelessGenerationRunner,
  ) {}

  /** Returns the whole answer. Aborts the request to the provider when the client disconnects. */
  generate(owner: Owner, request: ChatRequest, onDisconnect: OnDisconnect): Promise<ChatResponse> {
    const plan = this.planner.plan(request.provider ?? undefined, request.model ?? undefined);
    const messages = buildMessages(request, request.conversation_history ?? []);
    const onStart = (abort: (reason: 'client_disconnected') => void): void =>
      onDisconnect(() => abort('client_disconnected'));
    return this.runner.run({ owner, plan, messages, onStart }, async (generation) => {
      const { prompt, trace, accumulator, signal } = generation;
      const { provider, answer } = await this.router.generate(trace, prompt, signal);
      accumulator.setAnsweringModel({ provider, model: answer.model });
      accumulator.appendReasoning(answer.reasoning ?? '');
      const content = accumulator.append(answer.content);
      const { reasoning } = accumulator;
      const { requestedName } = plan;
      return ChatResponse.from({ ...answer, content, reasoning, requestedName, route: trace.steps });
    });
  }
}
