import { Injectable } from '@nestjs/common';
import type { Owner } from '@/modules/organizations/index.js';
import { GroundedAnswer } from '../grounding/grounded-answer.js';
import type { GroundedQuestion } from '../grounding/grounding.js';
import type { ToResult } from './active-generation.js';
import type { ChatRequest } from './dto/chat.request.js';
import { GenerationConcurrencyLimiter } from './generation-concurrency-limiter.js';
import { GenerationCreationService } from './generation-creation.service.js';
import type { IdempotencyIdentity } from './generation-idempotency.service.js';
import { GenerationRunner } from './generation-runner.js';

export interface StartOptions {
  identity: IdempotencyIdentity | null;
  streaming: boolean;
  /** Finds the passages that must support the answer. */
  ground?: (() => Promise<GroundedQuestion>) | undefined;
  toResult?: ToResult | undefined;
}

/** Starts generations that have a row, within the limit of running generations of an account. */
@Injectable()
export class GenerationStartService {
  constructor(
    private readonly concurrencyLimiter: GenerationConcurrencyLimiter,
    private readonly generationCreation: GenerationCreationService,
    private readonly runner: GenerationRunner,
  ) {}

  /** Returns the id of the generation. Throws the errors of {@link GenerationCreationService.create}. */
  async start(
    owner: Owner,
    request: ChatRequest,
    { identity, streaming, ground, toResult }: StartOptions,
  ): Promise<string> {
    const permit = this.concurrencyLimiter.acquire(owner.userId);
    try {
      const question = await ground?.();
      const grounded = question && new GroundedAnswer(question);
      const options = { identity, permit, grounded, toResult };
      const created = await this.generationCreation.create(owner, request, options);
      return await this.runner.start(created, { streaming, release: permit.release });
    } catch (error) {
      permit.release();
      throw error;
    }
  }
}
