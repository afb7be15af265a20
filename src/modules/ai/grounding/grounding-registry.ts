import { Injectable } from '@nestjs/common';
import type { Grounding } from './grounding.js';

/** Holds the implementation of {@link Grounding}. */
@Injectable()
export class GroundingRegistry {
  private grounding: Grounding | undefined;

  /** To be called once, while the application starts. */
  register(grounding: Grounding): void {
    this.grounding = grounding;
  }

  get(): Grounding {
    if (!this.grounding) throw new Error('No grounding is registered.');
    return this.grounding;
  }
}
