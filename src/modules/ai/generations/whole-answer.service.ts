import { Injectable } from '@nestjs/common';
import type { Owner } from '@/modules/organizations/index.js';
import { LOCAL_PROVIDER } from '@/platform/config/index.js';
import type { ModelFinishReason, ModelMessage } from '../models/language-model.js';
import { ModelRouter } from '../routing/model-router.js';
import { type RoutePlan, RoutePlanner } from '../routing/route-planner.js';
import { runUntilAborted } from './abortable-generation.js';
import { StatelessGenerationRunner } from './stateless-generation-runner.js';

/** A prompt of another module, whose answer is read as a whole. */
export interface WholePrompt {
  /** Pays for the tokens. */
  owner: Owner;
  /** Oldest first. */
  messages: readonly ModelMessage[];
  /** Limit for the answer, in tokens. */
  maxTokens: number;
  /** Aborts the request to the provider. */
  signal: AbortSignal;
}

export interface WholeAnswer {
  content: string;
  provider: string;
  /** The name of the model as the provider reports it. */
  model: string;
  finishReason: ModelFinishReason;
}

/** Answers prompts by language models without a row: the built-in provider is not asked. Nothing is stored but the token usage. */
@Injectable()
export class WholeAnswerService {
  constructor(
    private readonly planner: RoutePlanner,
    private readonly router: ModelRouter,
    private readonly runner: StatelessGenerationRunner,
  ) {}

  /** False when `auto` has only the built-in provider. */
  get isAvailable(): boolean {
    return this.plan().candidates.length > 0;
  }

  /** Throws the errors of a chat request, and the reason of `signal` when it aborts. */
  async generate({ owner, messages, maxTokens, signal }: WholePrompt): Promise<WholeAnswer> {
    const stateless = { owner, plan: this.plan(), messages, maxTokens };
    return await runUntilAborted(this.runner, stateless, signal, async (generation) => {
      const { prompt, trace, accumulator, signal: generationSignal } = generation;
      const { provider, answer } = await this.router.generate(trace, prompt, generationSignal);
      const { model, finishReason } = answer;
      return { content: accumulator.append(answer.content), provider, model, finishReason };
    });
  }

  private plan(): RoutePlan {
    const plan = this.planner.plan();
    return { ...plan, candidates: plan.candidates.filter(({ provider }) => provider.id !== LOCAL_PROVIDER) };
  }
}
