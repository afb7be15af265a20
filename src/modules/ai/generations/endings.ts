import { Injectable } from '@nestjs/common';
import type { AppError } from '../../../platform/errors/index.js';
import { requestContext } from '../../../platform/http/context.js';
import { Clock } from '../../../platform/kernel/clock.js';
import { Log } from '../../../platform/logging/index.js';
import { UnitOfWork } from '../../../platform/persistence/index.js';
import { conversationErrors, Turns } from '../../conversations/index.js';
import { aiErrors } from '../ai.errors.js';
import { ChatResponse, TokenUsageResponse } from '../dto/chat.response.js';
import type { ModelAnswer } from '../models/language-model.js';
import type { Receipt } from '../routing/receipt.js';
import type { Budget } from '../usage/budgets.js';
import { Ledger, type Spent } from '../usage/ledger.js';
import type { Draft } from './draft.js';
import { errorEvent } from './error-event.js';
import type { LiveGeneration } from './live-generation.js';
import { type Ending, EventLogRepository } from './persistence/event-log.repository.js';
import type { State } from './persistence/generation.repository.js';

/** An answer under way, with everything that its end has to settle. */
export interface Work {
  live: LiveGeneration;
  receipt: Receipt;
  budget: Budget;
  draft: Draft;
}

type StoredAnswer = Parameters<Turns['finish']>[1];

interface End {
  state: Exclude<State, 'running'>;
  frame: string;
  spent: Spent[];
  message: StoredAnswer | null;
}

interface Together {
  ending: Ending;
  message: StoredAnswer | null;
  settle: () => Promise<void>;
}

/**
 * How answers end. The last event, the stored message, the state and the tokens are written in one transaction, and
 * nobody sees the last event before that.
 */
@Injectable()
export class Endings {
  constructor(
    private readonly events: EventLogRepository,
    private readonly turns: Turns,
    private readonly ledger: Ledger,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** The answer is whole, as far as the provider goes. */
  async complete(work: Work, provider: string, answer: Omit<ModelAnswer, 'content'>): Promise<void> {
    const { live, draft } = work;
    const { model, usage, finishReason, sources } = answer;
    if (sources.length > 0) live.append('sources', { sources });
    await this.write(work, {
      state: 'done',
      frame: live.frame('done', this.response(work, { ...answer, finish: finishReason })),
      spent: draft.spent({ provider, model }, usage),
      message: messageOf(work, { provider, model, finishReason, usage, sources }),
    });
  }

  /** Somebody stopped it: what there is stays, and says so. */
  async stop(work: Work): Promise<void> {
    const { live, draft, receipt } = work;
    const { provider = '', model = '' } = draft.by ?? {};
    const answer = { model, usage: null, sources: [] };
    await this.write(work, {
      state: 'stopped',
      frame: live.frame('done', this.response(work, { ...answer, finish: 'stopped' })),
      spent: draft.spentSoFar(),
      message: messageOf(work, {
        ...answer,
        provider: provider || receipt.plan.asked,
        finishReason: 'stopped',
      }),
    });
  }

  /** It came to nothing, or broke off. */
  async fail(work: Work, error: AppError): Promise<void> {
    const { live, draft, receipt } = work;
    const { provider = receipt.plan.asked, model = '' } = draft.by ?? {};
    live.failure = error;
    await this.write(work, {
      state: 'failed',
      frame: errorFrame(live, error),
      spent: draft.spentSoFar(),
      message: messageOf(work, { provider, model, finishReason: 'error', usage: null, sources: [] }),
    });
  }

  /** It was deleted, or ended by another process: nothing of it is kept but what it took. */
  async abandon({ live, budget, draft }: Work): Promise<never> {
    live.ending = true;
    await live.storing;
    await this.ledger.settle(live.owner, budget, draft.spentSoFar());
    throw new GoneError();
  }

  /** Why an answer could not be ended: what it belongs to was deleted, or another process has ended it. */
  async whyGone({ id, conversationId, events }: LiveGeneration): Promise<AppError> {
    const deleted = (await this.events.follow(id, events)) === undefined;
    return deleted && conversationId !== null
      ? conversationErrors.conversation_not_found()
      : aiErrors.generation_interrupted();
  }

  private async write(work: Work, { state, frame, spent, message }: End): Promise<void> {
    const { live, budget } = work;
    live.ending = true;
    await live.storing;
    const frames = [...live.unstored, frame];
    const endedAt = this.clock.now();
    const ending = { generationId: live.id, first: live.stored + 1, frames, state, endedAt, usage: [] };
    const settle = (): Promise<void> => this.ledger.settle(live.owner, budget, spent);
    if (live.conversationId === null && budget.reservationId === null)
      await this.writeAlone({ ...ending, usage: this.ledger.itemsOf(live.owner, spent) });
    else await this.writeTogether(work, { ending, message, settle });
    live.show(frame);
  }

  /** Everything in one statement, which others that end now share. No limit rests on what cannot be counted. */
  private async writeAlone(ending: Ending): Promise<void> {
    const won = await this.events.end(ending).catch((error: unknown) => {
      this.log.error('ai.tokens_not_counted', error);
      return this.events.end({ ...ending, usage: [] });
    });
    if (!won) throw new GoneError();
  }

  private async writeTogether({ live }: Work, { ending, message, settle }: Together): Promise<void> {
    const { conversationId } = live;
    const write = async (): Promise<void> => {
      if (conversationId !== null && message && !(await this.turns.finish(conversationId, message)))
        throw new GoneError();
      if (!(await this.events.endNow(ending))) throw new GoneError();
      await settle();
    };
    await this.unitOfWork.run(write).catch(async (error: unknown) => {
      if (error instanceof GoneError) await settle(); // taken all the same
      throw error;
    });
  }

  private response(
    { live, receipt, draft }: Work,
    answer: Pick<ModelAnswer, 'model' | 'usage' | 'sources'> & { finish: ChatResponse['finish_reason'] },
  ): ChatResponse {
    const { messageId, conversationId } = live;
    const { asked } = receipt.plan;
    const content = draft.content;
    return ChatResponse.from({
      ...(answer as { finish: 'stop' } & typeof answer),
      ...{ asked, content, route: receipt.steps, messageId, conversationId },
    });
  }
}

/** The generation, its conversation or its owner went away, or another process has ended it. */
export class GoneError extends Error {}

export function errorFrame({ id, events }: LiveGeneration, error: AppError): string {
  return errorEvent(events + 1, error, requestContext.requestId ?? id);
}

/** What is kept of an answer in its conversation: nothing where there is nothing. */
function messageOf(
  { live, draft }: Work,
  answer: Omit<StoredAnswer, 'id' | 'content' | 'usage'> & { usage: ModelAnswer['usage'] },
): StoredAnswer | null {
  const { messageId } = live;
  const { content } = draft;
  const cut = answer.finishReason === 'error' || answer.finishReason === 'stopped';
  if (messageId === null || (cut && content === '')) return null;
  return { ...answer, id: messageId, content, usage: answer.usage && TokenUsageResponse.from(answer.usage) };
}
