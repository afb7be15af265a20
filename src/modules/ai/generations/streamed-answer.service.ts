import { Injectable } from '@nestjs/common';
import type { Owner } from '@/modules/organizations/index.js';
import { LOCAL_PROVIDER } from '@/platform/config/index.js';
import { GroundedAnswer } from '../grounding/grounded-answer.js';
import { NOT_SUPPORTED_TEXT, watchSources } from '../grounding/grounded-generation.js';
import type { GroundedQuestion, GroundingSource } from '../grounding/grounding.js';
import type { AnswerFlow } from '../models/answer-flow.js';
import type { ModelFinishReason, ModelMessage, Requester } from '../models/language-model.js';
import { ModelRouter } from '../routing/model-router.js';
import { RoutePlanner } from '../routing/route-planner.js';
import { runUntilAborted } from './abortable-generation.js';
import { NOTHING_FOUND } from './nothing-found.js';
import {
  type StatelessGeneration,
  StatelessGenerationRunner,
  type StatelessPrompt,
} from './stateless-generation-runner.js';

/** A prompt of another module, whose answer is passed on while it arrives. */
export interface StreamedPrompt {
  /** Pays for the tokens. */
  owner: Owner;
  /** Whose texts the built-in provider quotes, if not those of the owner. */
  requester?: Requester;
  /** As in a chat request. Absent: `auto`. */
  provider?: string | undefined;
  /** Oldest first. */
  messages: readonly ModelMessage[];
  /** Aborts the request to the provider. */
  signal: AbortSignal;
  /** Receives the next part of the answer, which is not empty. */
  onText: (text: string) => void;
  /** Pauses the answer while it arrives. */
  flow?: AnswerFlow | undefined;
  /** The messages contain its instruction. Only sentences that its passages support are passed on. */
  question?: GroundedQuestion | undefined;
  /** Receives the passages that the next text is the first to cite. */
  onSources?: ((sources: GroundingSource[]) => void) | undefined;
}

export interface StreamedAnswer {
  content: string;
  provider: string;
  model: string;
  finishReason: ModelFinishReason;
}

/**
 * Streams answers that have no row, for listeners that cannot take back what they have received: until the first text another
 * provider may take over, after it none. Nothing is stored but the token usage.
 */
@Injectable()
export class StreamedAnswerService {
  constructor(
    private readonly planner: RoutePlanner,
    private readonly router: ModelRouter,
    private readonly runner: StatelessGenerationRunner,
  ) {}

  /** Throws 400 for a provider that does not exist. */
  assertKnown(provider: string | undefined): void {
    this.planner.plan(provider);
  }

  /**
   * Returns the whole answer. Throws the errors of a chat request, `sources_gone` when the asker may not read a passage any more,
   * and the reason of `signal` when it aborts.
   */
  async stream(streamed: StreamedPrompt): Promise<StreamedAnswer> {
    const { owner, provider, messages, signal, question } = streamed;
    signal.throwIfAborted();
    if (question?.sources.length === 0) return answerNothing(streamed);
    const plan = this.planner.plan(provider);
    const grounded = question && new GroundedAnswer(question);
    let endWatch = (): void => undefined;
    const onStart: StatelessPrompt['onStart'] = (abort) => {
      if (grounded) endWatch = watchSources(grounded, () => abort('sources_gone'));
    };
    try {
      return await runUntilAborted(this.runner, { owner, plan, messages, onStart }, signal, (generation) =>
        this.generate(streamed, generation, grounded),
      );
    } finally {
      endWatch();
      grounded?.close();
    }
  }

  private async generate(
    { requester, signal, onText, question: grounding, onSources, flow }: StreamedPrompt,
    { prompt, trace, accumulator, signal: generationSignal }: StatelessGeneration,
    grounded: GroundedAnswer | undefined,
  ): Promise<StreamedAnswer> {
    const request = { ...prompt, grounding, flow, requester: requester ?? prompt.requester };
    const pass = (text: string): void => {
      const storable = accumulator.append(text);
      if (storable !== '' && !signal.aborted) onText(storable);
    };
    const passChecked = grounded && passWithSources(grounded, pass, onSources);
    const { answer, provider } = await this.router.stream(trace, request, generationSignal, {
      canRestart: false,
      onStart: (id, model) => {
        grounded?.restart();
        accumulator.setAnsweringModel({ provider: id, model });
      },
      onText: (text) => (grounded && passChecked ? grounded.append(text, passChecked) : pass(text)),
    });
    if (passChecked) await grounded?.finish(passChecked);
    generationSignal.throwIfAborted();
    if (grounded && !grounded.supported) pass(NOT_SUPPORTED_TEXT);
    const { model, finishReason } = answer;
    return { content: accumulator.content, provider, model, finishReason };
  }
}

/** Returns a function that passes on a checked text, and before it the passages that were not cited yet. */
function passWithSources(
  grounded: GroundedAnswer,
  pass: (text: string) => void,
  onSources: StreamedPrompt['onSources'],
): (text: string) => void {
  const known = new Set<number>();
  return (text) => {
    const cited = grounded.citedSources.filter(({ n }) => !known.has(n));
    for (const { n } of cited) known.add(n);
    if (cited.length > 0) onSources?.(cited);
    pass(text);
  };
}

/** No passage was found, so no model is asked. */
function answerNothing({ onText }: StreamedPrompt): StreamedAnswer {
  onText(NOT_SUPPORTED_TEXT);
  const { model, finishReason } = NOTHING_FOUND;
  return { content: NOT_SUPPORTED_TEXT, provider: LOCAL_PROVIDER, model, finishReason };
}
