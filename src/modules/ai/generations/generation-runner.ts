import { Injectable } from '@nestjs/common';
import { asAppError } from '@/platform/errors/error-mapping.js';
import type { AppError } from '@/platform/errors/index.js';
import { Log } from '@/platform/logging/index.js';
import { aiErrors } from '../ai.errors.js';
import { type Question, type RoutedEnd, Router } from '../routing/model-router.js';
import { type EndReason, LONGEST_MS } from './active-generation.js';
import { LiveGenerations } from './active-generation-registry.js';
import { Endings, errorFrame, type Work } from './generation-finisher.js';
import { Recovery } from './generation-recovery.js';
import { GoneError } from './generation-result-writer.js';

/** Writes answers, whoever reads along or not. */
@Injectable()
export class Runner {
  constructor(
    private readonly router: Router,
    private readonly endings: Endings,
    private readonly generations: LiveGenerations,
    private readonly recovery: Recovery,
    private readonly log: Log,
  ) {}

  /** Never throws: what goes wrong becomes the last event. */
  async run(work: Work, question: Question, inParts: boolean): Promise<void> {
    const { live } = work;
    const deadline = setTimeout(() => live.end('too_long'), LONGEST_MS).unref();
    try {
      await this.write(work, question, inParts);
    } catch (error) {
      await this.giveUp(work, error);
    } finally {
      clearTimeout(deadline);
      live.close();
      this.generations.remove(live);
    }
  }

  private async write(work: Work, question: Question, inParts: boolean): Promise<void> {
    let written: RoutedEnd;
    try {
      written = inParts ? await this.inParts(work, question) : await this.whole(work, question);
    } catch (error) {
      return this.breakOff(work, error);
    }
    await this.endings.complete(work, written.provider, written.answer);
  }

  private inParts({ live, receipt, draft }: Work, question: Question): Promise<RoutedEnd> {
    return this.router.stream(receipt, question, live.signal, {
      begin: (provider, model) => {
        live.author = { provider, model };
        if (draft.begin({ provider, model })) live.append('restart', { provider, model });
      },
      tell: (text) => live.append('delta', { content: draft.add(text) }),
    });
  }

  private async whole({ live, receipt, draft }: Work, question: Question): Promise<RoutedEnd> {
    const { provider, answer } = await this.router.answer(receipt, question, live.signal);
    draft.begin({ provider, model: answer.model });
    live.append('delta', { content: draft.add(answer.content) });
    return { provider, answer };
  }

  private async breakOff(work: Work, error: unknown): Promise<void> {
    const { signal } = work.live;
    const reason = signal.aborted ? (signal.reason as EndReason) : undefined;
    switch (reason) {
      case 'stopped':
        return this.endings.stop(work);
      case 'interrupted':
        return this.endings.fail(work, aiErrors.generation_interrupted());
      case 'too_long':
        return this.endings.fail(work, aiErrors.provider_timeout());
      case 'gone':
        return this.endings.abandon(work);
      case undefined:
        return this.endings.fail(work, this.nameOf(error));
    }
  }

  private nameOf(error: unknown): AppError {
    const named = asAppError(error);
    if (named.code === 'internal_error') this.log.error('ai.generation_failed', error);
    return named;
  }

  /** Its end could not be written. */
  private async giveUp({ live }: Work, error: unknown): Promise<void> {
    const gone = error instanceof GoneError;
    if (!gone) {
      this.log.error('ai.generation_lost', error);
      this.recovery.lose(live.id);
    }
    const failure = gone ? await this.endings.whyGone(live).catch(asAppError) : asAppError(error);
    live.failure = failure;
    live.show(errorFrame(live, failure));
  }
}
