import { Injectable } from '@nestjs/common';
import type { RoutePlan } from '../routing/route-planner.js';
import { RouteTrace } from '../routing/route-trace.js';
import { ActiveGenerationRegistry } from './active-generation-registry.js';
import type { ActiveGeneration } from './active-generation.js';
import { AnswerAccumulator } from './answer-accumulator.js';
import { GenerationRunner } from './generation-runner.js';
import type { StartedGeneration } from './generation-starter.js';
import { toPromptRequest } from './prompt.js';

/** Sets generations going. From here on they belong to this process, and to no request. */
@Injectable()
export class GenerationLauncher {
  constructor(
    private readonly runner: GenerationRunner,
    private readonly activeGenerations: ActiveGenerationRegistry,
  ) {}

  /**
   * Resolves when the generation is sure to exist. `inParts`: as it is written, not when it is whole; `leave` is
   * called when it is over.
   */
  async start(
    { generation, plan, messages, reservation }: StartedGeneration,
    { inParts: streaming, leave: release }: { inParts: boolean; leave: () => void },
  ): Promise<ActiveGeneration> {
    const rowWritten = generation.pendingWrite;
    generation.pendingWrite = rowWritten.catch(() => generation.abort('gone'));
    this.activeGenerations.add(generation); // from now on it can be stopped and followed
    generation.append('start', {
      ...{
        generation_id: generation.id,
        conversation_id: generation.conversationId,
        message_id: generation.messageId,
      },
      model: await findFirstModel(plan),
    });
    const { conversationId } = generation;
    const trace = new RouteTrace(plan, generation.owner.userId);
    const accumulator = new AnswerAccumulator(messages, trace);
    const remainingTokens = (): number | undefined => accumulator.remainingTokens(reservation.maxTokens);
    const prompt = toPromptRequest(generation.owner, messages, { conversationId, remainingTokens });
    const context = { generation, trace, reservation, accumulator };
    void this.runner.run(context, prompt, streaming).finally(release);
    await rowWritten;
    return generation;
  }
}

/** The model that is asked first, as far as that is known. */
async function findFirstModel({ candidates, requestedName }: RoutePlan): Promise<string> {
  for (const { provider, model } of candidates) {
    const known = model ?? (await provider.models().catch(() => []))[0];
    if (known !== undefined) return known;
  }
  return requestedName;
}
