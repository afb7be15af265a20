import { Injectable } from '@nestjs/common';
import { conversationErrors } from '@/modules/conversations/index.js';
import { requestContext } from '@/platform/context/request-context.js';
import type { AppError } from '@/platform/errors/index.js';
import { aiErrors } from '../ai.errors.js';
import type { ModelAnswer } from '../models/language-model.js';
import type { Receipt } from '../routing/route-trace.js';
import type { Budget } from '../usage/token-budgets.js';
import { Ledger, type Spent } from '../usage/usage-recorder.js';
import type { LiveGeneration } from './active-generation.js';
import type { Draft } from './answer-accumulator.js';
import { type ChatFinish, ChatResponse, usageOf } from './dto/chat.response.js';
import { errorEvent } from './error-event.js';
import { type End, EndWriter, GoneError, type StoredAnswer } from './generation-result-writer.js';
import { EventLogRepository } from './persistence/event-log.repository.js';
import type { State } from './persistence/generation.repository.js';

/** An answer under way, with everything that its end has to settle. */
export interface Work {
  live: LiveGeneration;
  receipt: Receipt;
  budget: Budget;
  draft: Draft;
}

/** What one way to end comes to. */
interface Outcome extends Pick<End, 'state' | 'spent' | 'message'> {
  frame: string;
}

/** How answers end. Nobody sees the last event before all that hangs on it is written. */
@Injectable()
export class Endings {
  constructor(
    private readonly events: EventLogRepository,
    private readonly writer: EndWriter,
    private readonly ledger: Ledger,
  ) {}

  /** The answer is whole, as far as the provider goes. */
  async complete(work: Work, provider: string, answer: Omit<ModelAnswer, 'content'>): Promise<void> {
    const { live, draft } = work;
    const { model, usage, finishReason, sources } = answer;
    if (sources.length > 0) live.append('sources', { sources });
    const message = messageOf(work, { provider, model, finishReason, usage, sources });
    await this.write(work, {
      state: 'done',
      frame: live.frame('done', responseOf(work, { ...answer, finish: finishReason }, message)),
      spent: draft.spent({ provider, model }, usage),
      message,
    });
  }

  /** Somebody stopped it: what there is stays, and says so. */
  async stop(work: Work): Promise<void> {
    const { live, draft, receipt } = work;
    const { provider = receipt.plan.asked, model = '' } = draft.by ?? {};
    const answer = { model, usage: null, sources: [] };
    const message = messageOf(work, { ...answer, provider, finishReason: 'stopped' });
    await this.write(work, {
      state: 'stopped',
      frame: live.frame('done', responseOf(work, { ...answer, finish: 'stopped' }, message)),
      spent: draft.spentSoFar(),
      message,
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
    await this.settleGone(live, budget, draft.spentSoFar());
    throw new GoneError();
  }

  /** Why an answer could not be ended: what it belongs to was deleted, or another process has ended it. */
  async whyGone(live: LiveGeneration): Promise<AppError> {
    return live.conversationId !== null && (await this.stateOf(live)) === undefined
      ? conversationErrors.conversation_not_found()
      : aiErrors.generation_interrupted();
  }

  /** Undefined when it was deleted. */
  private async stateOf({ id, events }: LiveGeneration): Promise<State | undefined> {
    return (await this.events.follow(id, events))?.state;
  }

  /** What a deleted answer took was taken all the same. Whoever else ended one has counted it. */
  private async settleGone(
    live: LiveGeneration,
    { reservationId }: Budget,
    spent: readonly Spent[],
  ): Promise<State | undefined> {
    const state = await this.stateOf(live);
    if (state === undefined) await this.ledger.settle(live.owner, reservationId, spent);
    return state;
  }

  private async write({ live, budget }: Work, { frame, ...outcome }: Outcome): Promise<void> {
    const { id: generationId, conversationId, owner: payer } = live;
    const { reservationId } = budget;
    live.ending = true;
    await live.storing;
    const stretch = { generationId, first: live.stored + 1, frames: [...live.unstored, frame] };
    try {
      await this.writer.write({ ...stretch, conversationId, payer, reservationId, ...outcome });
    } catch (error) {
      if (!(error instanceof GoneError)) throw error;
      const state = await this.settleGone(live, budget, outcome.spent);
      // Nobody else ends one well: this was written, and only the word of it was lost.
      if (state !== outcome.state || state === 'failed') throw error;
    }
    live.show(frame);
  }
}

function responseOf(
  { live, receipt, draft }: Work,
  answer: Pick<ModelAnswer, 'model' | 'usage' | 'sources'> & { finish: ChatFinish },
  message: StoredAnswer | null,
): ChatResponse {
  const { conversationId } = live;
  const { asked } = receipt.plan;
  const of = { messageId: message?.id ?? null, conversationId };
  return ChatResponse.from({ ...answer, asked, content: draft.content, route: receipt.steps, ...of });
}

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
  return { ...answer, id: messageId, content, usage: answer.usage && usageOf(answer.usage) };
}
