import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/kernel/clock.js';
import { Log } from '../../../platform/logging/index.js';
import { UnitOfWork } from '../../../platform/persistence/index.js';
import { aiErrors } from '../ai.errors.js';
import { ReservationRepository } from '../usage/persistence/reservation.repository.js';
import { errorEvent } from './error-event.js';
import { EventLogRepository } from './persistence/event-log.repository.js';
import { type Abandoned, NodeRepository } from './persistence/node.repository.js';

/** Seconds without a sign of life after which a process counts as dead. */
const SILENCE = 8;
/** Readers may have seen events that were never stored. The last one has a number beyond any of those. */
const UNSEEN = 1_000_000;

/** Ends answers whose process died: an honest error instead of silence, and the next turn may begin. */
@Injectable()
export class Recovery {
  constructor(
    private readonly nodes: NodeRepository,
    private readonly events: EventLogRepository,
    private readonly reservations: ReservationRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** `lost`: generations of this process that it cannot end itself. */
  async run(lost: readonly string[]): Promise<void> {
    await this.unitOfWork.run(async () => {
      const abandoned = await this.nodes.abandoned(SILENCE, lost);
      for (const generation of abandoned) await this.end(generation);
      const kept = abandoned.flatMap(({ reservation_id }) => reservation_id ?? []);
      if (kept.length > 0) await this.reservations.release(...kept);
      if (abandoned.length > 0) this.log.warn('ai.generations_interrupted', { count: abandoned.length });
    });
  }

  private async end({ id, events }: Abandoned): Promise<void> {
    const first = events + UNSEEN;
    const ending = {
      generationId: id,
      first,
      frames: [errorEvent(first, aiErrors.generation_interrupted(), id)],
    };
    await this.events.endNow({ ...ending, state: 'failed', endedAt: this.clock.now(), usage: [] });
  }
}
