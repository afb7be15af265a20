import { Injectable } from '@nestjs/common';
import { Log } from '@/platform/logging/index.js';
import type { ActiveGeneration } from './active-generation.js';
import { GenerationEventRepository } from './persistence/generation-event.repository.js';

/** Stores the events of running generations. The last event is stored with the result, by the finisher. */
@Injectable()
export class GenerationEventWriter {
  constructor(
    private readonly generationEvents: GenerationEventRepository,
    private readonly log: Log,
  ) {}

  /** Schedules one write for each generation that has new events; it starts after the pending write of the generation. */
  storeNewEvents(generations: Iterable<ActiveGeneration>): void {
    for (const generation of generations) {
      if (!generation.finishing && generation.unstoredFrames.length > 0)
        generation.pendingWrite = generation.pendingWrite.then(() => this.store(generation));
    }
  }

  private async store(generation: ActiveGeneration): Promise<void> {
    const { id, unstoredFrames: frames, storedEvents, answeringModel } = generation;
    if (generation.finishing || frames.length === 0) return;
    try {
      const appended = await this.generationEvents.appendEvents({
        generationId: id,
        first: storedEvents + 1,
        frames,
        answeringModel,
      });
      if (appended) generation.storedEvents = storedEvents + frames.length;
      else generation.abort('gone');
    } catch (error) {
      // The next write contains these events again.
      this.log.error('ai.events_not_stored', error);
    }
  }
}
