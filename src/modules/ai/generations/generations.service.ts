import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type Owner, ownerOf, WeakSessions } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/actor.js';
import type { FrameSource } from '@/platform/sse/event-streams.js';
import { aiErrors } from '../ai.errors.js';
import { LiveGenerations } from './active-generation-registry.js';
import { GenerationResponse } from './dto/generation.response.js';
import { Followings } from './generation-event-reader.js';
import { GenerationRepository, type State } from './persistence/generation.repository.js';

const STOPPING_MS = 3_000;
const LOOK_MS = 25;

/** Generations that have begun: reading on, and stopping. */
@Injectable()
export class GenerationsService {
  constructor(
    private readonly generations: GenerationRepository,
    private readonly live: LiveGenerations,
    private readonly followings: Followings,
    private readonly weakSessions: WeakSessions,
  ) {}

  /** The events after number `after`, to the end; null when there can be none. Throws `generation_not_found`. */
  async events(actor: Actor, id: string, after: number): Promise<FrameSource | null> {
    await this.stateOf(ownerOf(actor), id);
    return this.followings.rest(id, after);
  }

  /** Stops it, and waits until it has stopped; one that is over stays as it is. */
  async stop(actor: Actor, id: string): Promise<GenerationResponse> {
    const owner = ownerOf(actor);
    let state = await this.stateOf(owner, id);
    if (state === 'running') await this.live.stop(id);
    const end = performance.now() + STOPPING_MS;
    while (state === 'running' && performance.now() < end) {
      await pause(LOOK_MS);
      state = await this.stateOf(owner, id);
    }
    return { generation_id: id, state };
  }

  private async stateOf(owner: Owner, id: string): Promise<State> {
    const found = await this.generations.find(owner, id);
    if (found) return found.state;
    throw await this.weakSessions.explain('generations', id, owner, aiErrors.generation_not_found);
  }
}
