import { Injectable } from '@nestjs/common';
import type { Plan } from '../routing/route-planner.js';
import { Receipt } from '../routing/route-trace.js';
import type { LiveGeneration } from './active-generation.js';
import { LiveGenerations } from './active-generation-registry.js';
import { Draft } from './answer-accumulator.js';
import { Runner } from './generation-runner.js';
import type { Opened } from './generation-starter.js';
import { questionOf } from './prompt.js';

/** Sets generations going. From here on they belong to this process, and to no request. */
@Injectable()
export class Launches {
  constructor(
    private readonly runner: Runner,
    private readonly generations: LiveGenerations,
  ) {}

  /**
   * Resolves when the generation is sure to exist. `inParts`: as it is written, not when it is whole; `leave` is
   * called when it is over.
   */
  async launch(
    { live, plan, messages, budget }: Opened,
    { inParts, leave }: { inParts: boolean; leave: () => void },
  ): Promise<LiveGeneration> {
    const existing = live.storing;
    live.storing = existing.catch(() => live.end('gone'));
    this.generations.add(live); // from now on it can be stopped and followed
    live.append('start', {
      ...{ generation_id: live.id, conversation_id: live.conversationId, message_id: live.messageId },
      model: await leadingModel(plan),
    });
    const { conversationId } = live;
    const receipt = new Receipt(plan, live.owner.userId);
    const draft = new Draft(messages, receipt);
    const room = (): number | undefined => draft.room(budget.maxTokens);
    const question = questionOf(live.owner, messages, { conversationId, room });
    const work = { live, receipt, budget, draft };
    void this.runner.run(work, question, inParts).finally(leave);
    await existing;
    return live;
  }
}

/** The model that is asked first, as far as that is known. */
async function leadingModel({ candidates, asked }: Plan): Promise<string> {
  for (const { provider, model } of candidates) {
    const known = model ?? (await provider.models().catch(() => []))[0];
    if (known !== undefined) return known;
  }
  return asked;
}
