import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type Owner, toOwner, HiddenRowExplainer } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/index.js';
import type { FrameSource } from '@/platform/sse/index.js';
import { aiErrors } from '../ai.errors.js';
import { GroundingRegistry } from '../grounding/grounding-registry.js';
import { hideSources } from '../grounding/hidden-sources.js';
import { ActiveGenerationRegistry } from './active-generation-registry.js';
import { GenerationResponse } from './dto/generation.response.js';
import { GenerationEventReader } from './generation-event-reader.js';
import { GenerationRepository, type GenerationState } from './persistence/generation.repository.js';

const MAX_STOP_WAIT_MS = 3_000;
const POLL_INTERVAL_MS = 25;

/** Resumes the event streams of generations, and stops generations. */
@Injectable()
export class GenerationsService {
  constructor(
    private readonly generations: GenerationRepository,
    private readonly activeGenerations: ActiveGenerationRegistry,
    private readonly eventReader: GenerationEventReader,
    private readonly hiddenRows: HiddenRowExplainer,
    private readonly groundings: GroundingRegistry,
  ) {}

  /** Returns the events after number `after`; null when there are none left. Throws `generation_not_found`. */
  async resumeEvents(actor: Actor, id: string, after: number): Promise<FrameSource | null> {
    const owner = toOwner(actor);
    await this.getState(owner, id);
    const gone = await this.groundings.get().findGoneSources(owner, id);
    const events = await this.eventReader.openRemaining(id, after);
    return events && hideSources(events, gone);
  }

  /**
   * Stops a running generation and waits up to three seconds for its end. Returns the state at that time. Throws
   * `generation_not_found`.
   */
  async stop(actor: Actor, id: string): Promise<GenerationResponse> {
    const owner = toOwner(actor);
    let state = await this.getState(owner, id);
    if (state === 'running') await this.activeGenerations.requestStop(id);
    const deadline = performance.now() + MAX_STOP_WAIT_MS;
    while (state === 'running' && performance.now() < deadline) {
      await pause(POLL_INTERVAL_MS);
      state = await this.getState(owner, id);
    }
    return { generation_id: id, state };
  }

  private async getState(owner: Owner, id: string): Promise<GenerationState> {
    const found = await this.generations.find(owner, id);
    if (found) return found.state;
    throw await this.hiddenRows.explainMissingRow('generations', id, owner, aiErrors.generation_not_found);
  }
}
