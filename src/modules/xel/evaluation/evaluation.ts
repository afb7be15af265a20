import type { Owner } from '@/modules/organizations/index.js';
import type { ErrorCategory } from './learner-errors/learner-rule.js';

export const SKILLS = ['speaking', 'writing'] as const;
export type Skill = (typeof SKILLS)[number];

export const CEFR_LEVELS = ['A1', 'A2', 'B1', 'B2', 'C1', 'C2'] as const;
export type CefrLevel = (typeof CEFR_LEVELS)[number];

/** `pronunciation` and `fluency` belong to speaking. `task_achievement` is judged apart from the language. */
export const CRITERIA = [
  'task_achievement',
  'coherence',
  'vocabulary',
  'grammar',
  'fluency',
  'pronunciation',
] as const;
export type CriterionName = (typeof CRITERIA)[number];

/** Why a text cannot be judged. */
export const REFUSAL_REASONS = [
  'too_short',
  'wrong_language',
  'gibberish',
  'copied_prompt',
  'instruction_to_evaluator',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** What a reader of a result must know. */
export const EVALUATION_FLAGS = [
  'off_topic',
  'instruction_to_evaluator',
  'partly_copied',
  'short',
  'judges_disagree',
] as const;
export type EvaluationFlag = (typeof EVALUATION_FLAGS)[number];

/** A spoken word with its time from the start of the recording, in seconds. */
export interface TimedWord {
  word: string;
  start: number;
  end: number;
}

export interface EvaluationInput {
  skill: Skill;
  text: string;
  prompt: string | null;
  /** Words that the task asks for; null when it does not say. */
  minWords: number | null;
  /** Times of the spoken words; null for texts. */
  words: readonly TimedWord[] | null;
  feedbackLanguage: string;
}

/** A quotation from the text of the learner. Offsets are UTF-16 code units, the end is exclusive. */
export interface Evidence {
  quote: string;
  start: number;
  end: number;
}

export interface CriterionResult {
  name: CriterionName;
  /** From 0 to 100; null when the criterion cannot be judged: `comment` says why. */
  score: number | null;
  comment: string;
  evidence: Evidence[];
}

export interface Correction {
  original: string;
  suggestion: string;
  explanation: string;
  category: ErrorCategory;
  /** Identifies the kind of error, for reviews and for the comparison with earlier texts. */
  ruleId: string;
  start: number;
  end: number;
}

export interface EvaluationOutcome {
  status: 'done';
  overallScore: number;
  interval: [number, number];
  cefr: CefrLevel;
  criteria: CriterionResult[];
  corrections: Correction[];
  feedback: string;
  flags: EvaluationFlag[];
  evaluator: EvaluatorInfo;
}

export interface EvaluationRefusal {
  status: 'could_not_evaluate';
  reason: RefusalReason;
  feedback: string;
  evaluator: EvaluatorInfo;
}

/** Why the rules judged a text although the server has a model. */
export const FALLBACK_REASONS = [
  'token_limit',
  'provider_unavailable',
  'too_slow',
  'unusable_answers',
  'busy',
  'interrupted',
] as const;
export type FallbackReason = (typeof FALLBACK_REASONS)[number];

/** The judgement of one model, from 0 to 100. */
export interface ModelJudgement {
  model: string;
  overallScore: number;
  scores: Partial<Record<CriterionName, number>>;
}

/** What judged a text: a rule-based evaluator, or models with a prompt of a version. */
export interface EvaluatorInfo {
  kind: 'deterministic' | 'model';
  rubricVersion: string;
  /** The models that judged, as provider and model, separated by commas. */
  model: string | null;
  promptVersion: string | null;
  /** The interval is as wide as a calibration measured; else its width is assumed. */
  intervalBasis?: 'calibrated';
  judgements?: readonly ModelJudgement[];
  fallbackReason?: FallbackReason;
}

/** On whose behalf a text is evaluated. */
export interface EvaluationCaller {
  /** Pays for the tokens of models. */
  owner: Owner;
  /** Aborted when the process stops: nothing is to be stored then. */
  signal: AbortSignal;
  /** False when earlier runs were interrupted: the rules judge alone. */
  allowsModel: boolean;
}

export type EvaluationResult = EvaluationOutcome | EvaluationRefusal;
