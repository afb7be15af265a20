import { Injectable } from '@nestjs/common';
import { Turns } from '@/modules/conversations/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Log } from '@/platform/logging/index.js';
import { isOfOneRow, UnitOfWork } from '@/platform/persistence/index.js';
import { Ledger, type Payer, type Spent } from '../usage/usage-recorder.js';
import { type Ending, EventLogRepository } from './persistence/event-log.repository.js';

export type StoredAnswer = Parameters<Turns['finish']>[1];

/** Everything that the end of a generation has to settle. */
export interface End extends Pick<Ending, 'generationId' | 'first' | 'frames' | 'state'> {
  payer: Payer;
  conversationId: string | null;
  reservationId: string | null;
  spent: readonly Spent[];
  /** What its conversation keeps; null for nothing. */
  message: StoredAnswer | null;
}

/**
 * Writes how a generation ended: the last events, the state, the message and the tokens, in one transaction. Throws
 * {@link GoneError}, and writes nothing, where there is nothing left to end.
 */
@Injectable()
export class EndWriter {
  constructor(
    private readonly events: EventLogRepository,
    private readonly turns: Turns,
    private readonly ledger: Ledger,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async write({ generationId, first, frames, state, ...end }: End): Promise<void> {
    const ending = { generationId, first, frames, state, endedAt: this.clock.now(), usage: [] };
    const alone = end.conversationId === null && end.reservationId === null;
    if (alone) await this.alone({ ...ending, usage: this.ledger.itemsOf(end.payer, end.spent) });
    else await this.together(ending, end);
  }

  /** Everything in one statement, which others that end now share. No limit rests on what cannot be counted. */
  private async alone(ending: Ending): Promise<void> {
    const won = await this.events.end(ending).catch((error: unknown) => {
      if (!isOfOneRow(error)) throw error;
      this.log.error('ai.tokens_not_counted', error);
      return this.events.end({ ...ending, usage: [] });
    });
    if (!won) throw new GoneError();
  }

  private async together(
    ending: Ending,
    { payer, conversationId, reservationId, spent, message }: Omit<End, keyof Ending>,
  ): Promise<void> {
    await this.unitOfWork.run(async () => {
      if (conversationId !== null && message && !(await this.turns.finish(conversationId, message)))
        throw new GoneError();
      if (!(await this.events.endNow(ending))) throw new GoneError();
      await this.ledger.settle(payer, reservationId, spent);
    });
  }
}

/** The generation, its conversation or its owner went away, or another process has ended it. */
export class GoneError extends Error {}
