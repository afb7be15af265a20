import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { LOCAL } from '@/platform/config/index.js';
import { type AppError } from '@/platform/errors/index.js';
import { Log } from '@/platform/logging/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { aiErrors } from '../ai.errors.js';
import { wordsOf } from '../models/failure-messages.js';
import type { ModelAnswer, ModelEnd, ModelRequest, Tell } from '../models/language-model.js';
import { ModelFailure } from '../models/model-failure.js';
import { Circuits } from '../providers/circuit-breakers.js';
import { LEAST_ANSWER } from '../usage/token-budgets.js';
import type { Candidate } from './route-planner.js';
import { Receipt } from './route-trace.js';
import { pauseBefore } from './routing.rules.js';

/** In seconds: sooner or later somebody may have mended what was wrong. */
const LONGEST_WAIT = 300;

/** A question before it is known which model gets it. */
export interface Question extends Omit<ModelRequest, 'model' | 'maxTokens'> {
  /** How many tokens an answer may have that begins now; undefined: as many as it likes. */
  room: () => number | undefined;
}

/** Hears an answer as it arrives. What was told before `begin` is discarded. */
interface Audience {
  begin: (provider: string, model: string) => void;
  tell: Tell;
}

export interface RoutedEnd {
  provider: string;
  answer: ModelEnd;
}

export interface RoutedAnswer {
  provider: string;
  answer: ModelAnswer;
}

/**
 * Asks the candidates of a plan, one after the other, until one has answered whole. Throws `ai_unavailable`, or for
 * a named provider what became of it; what `signal` ends is thrown as it is.
 */
@Injectable()
export class Router {
  constructor(
    private readonly circuits: Circuits,
    private readonly unitOfWork: UnitOfWork,
    private readonly log: Log,
  ) {}

  async answer(receipt: Receipt, question: Question, signal: AbortSignal): Promise<RoutedAnswer> {
    this.unitOfWork.assertNoTransaction();
    for (const candidate of this.usable(receipt, question)) {
      let failure: ModelFailure | undefined;
      do {
        try {
          const model = await this.begin(receipt, candidate);
          const answer = await candidate.provider.answer(requestOf(question, model), signal);
          this.answered(receipt, candidate, answer.model);
          return { provider: candidate.provider.id, answer };
        } catch (error) {
          failure = this.failed(receipt, candidate, error, signal);
        }
      } while (hasRoom(question) && (await this.again(receipt, failure, signal)));
    }
    throw this.refusal(receipt);
  }

  async stream(
    receipt: Receipt,
    question: Question,
    signal: AbortSignal,
    audience: Audience,
  ): Promise<RoutedEnd> {
    this.unitOfWork.assertNoTransaction();
    for (const candidate of this.usable(receipt, question)) {
      const { id } = candidate.provider;
      let begun = false;
      let failure: ModelFailure | undefined;
      do {
        try {
          const model = await this.begin(receipt, candidate);
          const begin = (): void => {
            if (!begun) audience.begin(id, model);
            begun = true;
          };
          const answer = await candidate.provider.stream(requestOf(question, model), signal, (text) => {
            begin();
            audience.tell(text);
          });
          begin(); // an answer without a word
          this.answered(receipt, candidate, answer.model);
          return { provider: id, answer };
        } catch (error) {
          failure = this.failed(receipt, candidate, error, signal);
        }
      } while (!begun && hasRoom(question) && (await this.again(receipt, failure, signal)));
    }
    throw this.refusal(receipt);
  }

  /** Who is worth asking: a named provider always, others unless they have failed just now. */
  private *usable(receipt: Receipt, question: Question): Generator<Candidate> {
    const { plan, caller } = receipt;
    for (const candidate of plan.candidates) {
      const { id } = candidate.provider;
      if (id !== LOCAL && !hasRoom(question)) {
        receipt.skip(candidate, 'No tokens are left to ask it.');
        continue;
      }
      const admitted = plan.named || this.circuits.admits(id, caller);
      const failure = admitted ? undefined : this.circuits.lastFailure(id, caller);
      if (failure) receipt.skip(candidate, `${wordsOf(failure)} It is left alone for a moment.`);
      else yield candidate;
    }
  }

  private async begin(receipt: Receipt, candidate: Candidate): Promise<string> {
    receipt.ask(candidate);
    const model = candidate.model ?? (await candidate.provider.models())[0];
    if (model === undefined) throw new ModelFailure('model_unknown');
    receipt.names(model);
    return model;
  }

  private answered(receipt: Receipt, { provider }: Candidate, model: string): void {
    this.circuits.succeeded(provider.id, receipt.caller);
    receipt.answered(model);
  }

  private failed(
    receipt: Receipt,
    { provider, model }: Candidate,
    error: unknown,
    signal: AbortSignal,
  ): ModelFailure {
    if (signal.aborted) receipt.stopped();
    if (signal.aborted || !(error instanceof ModelFailure)) {
      this.circuits.undecided(provider.id, receipt.caller);
      throw error;
    }
    // What a model that somebody chose is denied says nothing about the provider either.
    const ofModel = error.kind === 'refused' || error.reason === 'rate_limited';
    if (model === undefined || !ofModel) this.circuits.failed(provider.id, receipt.caller, error);
    receipt.failed(error);
    const { reason, detail } = error;
    this.log.warn('ai.provider_failed', { provider: provider.id, reason, detail, attempt: receipt.attempts });
    return error;
  }

  private async again(receipt: Receipt, failure: ModelFailure, signal: AbortSignal): Promise<boolean> {
    const alone = receipt.plan.candidates.length === 1;
    const wait = pauseBefore(failure, receipt.attempts, alone);
    if (wait !== null) await pause(wait, undefined, { signal });
    return wait !== null;
  }

  private refusal({ plan, caller, reasons, lastFailure }: Receipt): AppError {
    const [first] = reasons;
    if (!plan.named || !lastFailure) {
      const waits = plan.candidates.map(({ provider }) => this.circuits.closedFor(provider.id, caller));
      return aiErrors.ai_unavailable({
        facts: { providers: reasons },
        retryAfter: Math.max(1, Math.min(LONGEST_WAIT, ...waits)),
      });
    }
    return namedRefusal(lastFailure, { provider: first?.provider, reason: first?.reason });
  }
}

function requestOf({ room, ...question }: Question, model: string): ModelRequest {
  const maxTokens = room();
  return { ...question, model, ...(maxTokens === undefined ? {} : { maxTokens }) };
}

/** Under a limit, what an earlier attempt has taken may leave too little for another. */
function hasRoom({ room }: Question): boolean {
  return (room() ?? LEAST_ANSWER) >= LEAST_ANSWER;
}

function namedRefusal({ kind, retryAfter }: ModelFailure, facts: Record<string, unknown>): AppError {
  switch (kind) {
    case 'refused':
    case 'broken':
      return aiErrors.provider_failed({ facts });
    case 'overloaded':
      return aiErrors.ai_unavailable({ facts: { providers: [facts] }, retryAfter: retryAfter ?? 5 });
    case 'timed_out':
      return aiErrors.provider_timeout({ facts });
  }
}
