import { Injectable } from '@nestjs/common';
import { toAppError } from '@/platform/errors/index.js';
import { Log } from '@/platform/logging/index.js';
import { writeFeedback } from '../deterministic/deterministic-evaluator.js';
import { blankInstructions } from '../deterministic/gates.rules.js';
import type {
  EvaluationCaller,
  EvaluationInput,
  EvaluationOutcome,
  EvaluatorInfo,
  FallbackReason,
} from '../evaluation.js';
import { listWords } from '../text/words.js';
import { PROMPT_VERSION, type JudgementQuestion } from './judgement-prompt.js';
import type { Judgement } from './judgement.js';
import { ModelJudge } from './model-judge.js';
import { combineJudgements, disagree, scoreOf } from './panel.rules.js';
import { MODEL_CRITERIA, MODEL_RUBRIC_VERSION, type ModelCriterion } from './rubric.js';

/** Time for all judgements of one text together. */
const MAX_JUDGING_MS = 90_000;
const MIN_JUDGEMENTS = 2;

/** The reasons of errors. Others mean that no provider answered. */
const REASONS: Readonly<Record<string, FallbackReason>> = {
  ai_token_limit_reached: 'token_limit',
  provider_timeout: 'too_slow',
  too_many_attempts: 'busy',
};

/**
 * Judges a text by several independent judgements: two, and a third when one of them does not count or when they disagree. Each has
 * another order of the criteria. Without two judgements the result of the rules stays, with the reason.
 */
@Injectable()
export class JudgementPanel {
  constructor(
    private readonly judge: ModelJudge,
    private readonly log: Log,
  ) {}

  /** Throws only when the process stops or has no room: another run judges the text then. */
  async evaluate(
    { owner, signal, allowsModel }: EvaluationCaller,
    input: EvaluationInput,
    ruled: EvaluationOutcome,
  ): Promise<EvaluationOutcome> {
    if (!allowsModel) return this.fallBack(ruled, 'interrupted');
    const panel = new Panel(this.judge, owner, input, ruled);
    const judgements = await panel.collect(AbortSignal.any([signal, AbortSignal.timeout(MAX_JUDGING_MS)]));
    signal.throwIfAborted();
    if (judgements.length >= MIN_JUDGEMENTS) return toOutcome(input, ruled, panel.text, judgements);
    const [error] = panel.errors;
    if (panel.errors.some((thrown) => toAppError(thrown).code === 'overloaded')) throw error;
    return this.fallBack(ruled, error === undefined ? 'unusable_answers' : toReason(error));
  }

  private fallBack(ruled: EvaluationOutcome, fallbackReason: FallbackReason): EvaluationOutcome {
    this.log.warn('xel.model_not_used', { reason: fallbackReason });
    return { ...ruled, evaluator: { ...ruled.evaluator, fallbackReason } };
  }
}

/** The judgements of one text. */
class Panel {
  readonly text: string;
  readonly errors: unknown[] = [];
  readonly input: EvaluationInput;
  private readonly criteria: readonly ModelCriterion[];

  constructor(
    private readonly judge: ModelJudge,
    private readonly owner: EvaluationCaller['owner'],
    input: EvaluationInput,
    readonly ruled: EvaluationOutcome,
  ) {
    this.text = blankInstructions(input.text);
    this.input = { ...input, prompt: input.prompt === null ? null : blankInstructions(input.prompt) };
    this.criteria = MODEL_CRITERIA.filter((name) =>
      ruled.criteria.some((criterion) => criterion.name === name && criterion.score !== null),
    );
  }

  /** Returns the judgements that count, at most three. */
  async collect(signal: AbortSignal): Promise<Judgement[]> {
    const pair = await Promise.all([this.ask(0, signal), this.ask(1, signal)]);
    const judgements = pair.filter((judgement) => judgement !== undefined);
    const isDecided =
      judgements.length === 0 || (judgements.length === MIN_JUDGEMENTS && !disagree(this, judgements));
    const third = isDecided ? undefined : await this.ask(2, signal);
    return third ? [...judgements, third] : judgements;
  }

  private async ask(index: number, signal: AbortSignal): Promise<Judgement | undefined> {
    const { input, text, criteria } = this;
    const question: JudgementQuestion = { input, text, criteria: orderFor(index, criteria) };
    try {
      return await this.judge.judge(this.owner, question, signal);
    } catch (error) {
      this.errors.push(error);
      return undefined;
    }
  }
}

/** Returns the criteria as they are, in reverse, and turned by two: no criterion is judged first twice. */
function orderFor(index: number, criteria: readonly ModelCriterion[]): ModelCriterion[] {
  switch (index) {
    case 0:
      return [...criteria];
    case 1:
      return criteria.toReversed();
    default:
      return [...criteria.slice(2), ...criteria.slice(0, 2)];
  }
}

function toOutcome(
  input: EvaluationInput,
  ruled: EvaluationOutcome,
  text: string,
  judgements: readonly Judgement[],
): EvaluationOutcome {
  const result = combineJudgements({ input, words: listWords(text).length, ruled, judgements });
  const feedback = writeFeedback(input, result.criteria, result.flags);
  return { status: 'done', ...result, feedback, evaluator: describeJudges({ input, ruled }, judgements) };
}

function describeJudges(
  panel: { input: EvaluationInput; ruled: EvaluationOutcome },
  judgements: readonly Judgement[],
): EvaluatorInfo {
  return {
    kind: 'model',
    rubricVersion: MODEL_RUBRIC_VERSION,
    model: [...new Set(judgements.map(({ model }) => model))].join(', '),
    promptVersion: PROMPT_VERSION,
    judgements: judgements.map((judgement) => ({
      model: judgement.model,
      overallScore: scoreOf(panel, judgement),
      scores: Object.fromEntries(judgement.criteria.map(({ name, score }) => [name, score])),
    })),
  };
}

function toReason(error: unknown): FallbackReason {
  if (error instanceof Error && error.name === 'TimeoutError') return 'too_slow';
  return REASONS[toAppError(error).code] ?? 'provider_unavailable';
}
