import { Injectable } from '@nestjs/common';
import { toOwner } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/index.js';
import { requestContext } from '@/platform/context/index.js';
import { toAppError } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import { Log } from '@/platform/logging/index.js';
import type { FrameSource, OnDisconnect } from '@/platform/sse/index.js';
import {
  type StatelessGeneration,
  StatelessGenerationRunner,
  type StatelessPrompt,
} from '../generations/stateless-generation-runner.js';
import { ModelRouter } from '../routing/model-router.js';
import type { RouteStep } from '../routing/routing.rules.js';
import { toMaxTokens, toModelMessages, toModelOptions } from './chat-completion-request.mapper.js';
import type { CompletionStream } from './completion-stream.js';
import { CompletionStreamer } from './completion-streamer.js';
import { toFinishReason, toUsage } from './completion.rules.js';
import type { ChatCompletionRequest } from './dto/chat-completion.request.js';
import { ChatCompletionResponse } from './dto/chat-completion.response.js';
import { ModelCatalog } from './model-catalog.js';
import { ROUTE_HEADER, toBegunSteps, toRouteHeader } from './route-header.js';

/** Answers chat completions, whole or streamed. Nothing of them is stored but the token usage. */
@Injectable()
export class ChatCompletionsService {
  constructor(
    private readonly catalog: ModelCatalog,
    private readonly router: ModelRouter,
    private readonly runner: StatelessGenerationRunner,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Returns the whole answer, or the source of its chunks when the answer has begun. */
  async create(
    actor: Actor,
    request: ChatCompletionRequest,
    onDisconnect: OnDisconnect,
  ): Promise<ChatCompletionResponse | FrameSource> {
    const prompt = this.toPrompt(actor, request);
    if (request.stream === true) return this.stream(prompt, request, onDisconnect);
    const onStart: StatelessPrompt['onStart'] = (abort) => onDisconnect(() => abort('client_disconnected'));
    return this.runner.run({ ...prompt, onStart }, (generation) => this.generate(generation));
  }

  private toPrompt(actor: Actor, request: ChatCompletionRequest): Omit<StatelessPrompt, 'onStart'> {
    const [messages, options] = [toModelMessages(request), toModelOptions(request)];
    const plan = this.catalog.plan(request.model, messages, options);
    return { owner: toOwner(actor), plan, messages, options, maxTokens: toMaxTokens(request) };
  }

  private async generate({
    prompt,
    trace,
    accumulator,
    signal,
  }: StatelessGeneration): Promise<ChatCompletionResponse> {
    try {
      const { provider, answer } = await this.router.generate(trace, prompt, signal);
      accumulator.appendReasoning(answer.reasoning ?? '');
      return ChatCompletionResponse.from({
        ...this.newIdentity(),
        model: `${provider}/${trace.requestedModel}`,
        content: accumulator.append(answer.content),
        reasoning: accumulator.reasoning,
        toolCalls: answer.toolCalls ?? [],
        finishReason: toFinishReason(answer),
        usage: toUsage(accumulator),
      });
    } finally {
      setRouteHeader(trace.steps);
    }
  }

  private async stream(
    prompt: Omit<StatelessPrompt, 'onStart'>,
    { stream_options: options }: ChatCompletionRequest,
    onDisconnect: OnDisconnect,
  ): Promise<FrameSource> {
    const streamer = new CompletionStreamer(this.newIdentity(), options?.include_usage === true);
    const { source } = streamer;
    onDisconnect(() => source.close());
    const onStart: StatelessPrompt['onStart'] = (abort) => streamer.onStart(abort);
    const running = this.runner.run({ ...prompt, onStart }, (generation) =>
      streamer.run(this.router, generation),
    );
    void running.then((end) => streamer.complete(end)).catch((error: unknown) => this.fail(source, error));
    try {
      await source.opened;
    } catch (error) {
      setRouteHeader(streamer.steps);
      throw error;
    }
    setRouteHeader(toBegunSteps(streamer.steps));
    return source;
  }

  /** An error of an open stream has no status, so the request log does not show it. */
  private fail(source: CompletionStream, error: unknown): void {
    if (source.isOpen) this.log.warn('ai.completion_failed', { code: toAppError(error).code });
    source.fail(error);
  }

  private newIdentity(): { id: string; created: number } {
    return {
      id: `chatcmpl-${newId().replaceAll('-', '')}`,
      created: Math.floor(this.clock.millis() / 1000),
    };
  }
}

function setRouteHeader(steps: readonly RouteStep[]): void {
  if (steps.length > 0) requestContext.setHeader(ROUTE_HEADER, toRouteHeader(steps));
}
