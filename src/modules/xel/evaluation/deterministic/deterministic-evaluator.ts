import { Injectable } from '@nestjs/common';
import { Calibration } from '../calibration/calibration.js';
import type {
  CriterionName,
  CriterionResult,
  Correction,
  EvaluationFlag,
  EvaluationInput,
  EvaluationResult,
  EvaluatorInfo,
  Evidence,
} from '../evaluation.js';
import { commentOn, explainFlag, explainNotJudged, explainRefusal } from '../feedback/criterion-comments.js';
import { type Dialect, GrammarChecker } from '../grammar/grammar-checker.js';
import { stem } from '../text/lemmas.js';
import { measureText, type TextMeasures } from '../text/measures.js';
import { splitIntoSentences } from '../text/sentences.js';
import type { Span } from '../text/span.js';
import { listRankedForms, type VocabularyRanks } from '../text/vocabulary-ranks.js';
import { listWords, type Word } from '../text/words.js';
import { listCorrections } from './corrections.js';
import { blankInstructions, checkGates, listPromptKeywords } from './gates.rules.js';
import {
  combineScores,
  scoreCoherence,
  scoreFluency,
  scoreGrammar,
  scoreTask,
  scoreVocabulary,
  toCefr,
  toInterval,
} from './scoring.rules.js';
import { detectTextLanguage } from './text-language.js';

/** Changes when the same text gets another result. */
export const RUBRIC_VERSION = '1';

const AMERICAN =
  /\b(?:color|favorite|center|theater|gray|traveled|traveling|organize|realize|neighbor|flavor|honor|apologize)/gi;
const BRITISH =
  /\b(?:colour|favourite|centre|theatre|grey|travelled|travelling|organise|realise|neighbour|flavour|honour|apologise)/gi;

const EVALUATOR: EvaluatorInfo = {
  kind: 'deterministic',
  rubricVersion: RUBRIC_VERSION,
  model: null,
  promptVersion: null,
};

/** What was read from a text before it is judged. */
export interface AnalyzedText {
  text: string;
  words: Word[];
  sentences: Span[];
  ranks: VocabularyRanks;
  measures: TextMeasures;
  corrections: Correction[];
  flags: EvaluationFlag[];
}

/**
 * Judges texts by rules: a grammar checker, the errors that learners make most, measures of vocabulary and of sentences. The same
 * text always has the same result.
 */
@Injectable()
export class DeterministicEvaluator {
  constructor(
    private readonly grammarChecker: GrammarChecker,
    private readonly calibration: Calibration,
  ) {}

  /** Returns the result of a text. `caller` is the user who takes turns with others. */
  async evaluate(caller: string, input: EvaluationInput): Promise<EvaluationResult> {
    const analyzed = await this.analyze(caller, input);
    if ('status' in analyzed) return analyzed;
    const criteria = judge(input, analyzed);
    const overallScore = combineScores(input.skill, criteria);
    const factor = this.calibration.findWidthFactor(input.skill);
    return {
      status: 'done',
      overallScore,
      interval: toInterval(overallScore, analyzed.words.length, { factor: factor ?? 1 }),
      cefr: toCefr(input.skill, criteria),
      criteria,
      corrections: analyzed.corrections,
      feedback: writeFeedback(input, criteria, analyzed.flags),
      flags: analyzed.flags,
      evaluator: factor === null ? EVALUATOR : { ...EVALUATOR, intervalBasis: 'calibrated' },
    };
  }

  /** Checks and measures a text. Returns the refusal of a text that cannot be judged. */
  async analyze(caller: string, input: EvaluationInput): Promise<AnalyzedText | EvaluationResult> {
    const text = blankInstructions(input.text);
    const words = listWords(text);
    const forms = listRankedForms([...words, ...listWords(input.text)].map(({ normalized }) => normalized));
    const { findings, ranks: list } = await this.grammarChecker.check(caller, {
      text,
      dialect: detectDialect(text),
      words: forms,
    });
    const ranks = toRanks(forms, list);
    const gate = checkGates({ ...input, language: await detectTextLanguage(input.text), ranks });
    if ('refusal' in gate) {
      const feedback = explainRefusal(gate.refusal, input.feedbackLanguage);
      return { status: 'could_not_evaluate', reason: gate.refusal, feedback, evaluator: EVALUATOR };
    }
    const sentences = splitIntoSentences(text);
    const { feedbackLanguage } = input;
    const isSpoken = input.skill === 'speaking';
    const corrections = listCorrections({ text, sentences, findings, ranks, isSpoken, feedbackLanguage });
    const measures = measureText({ text, words, sentences, ranks });
    return { text, words, sentences, ranks, measures, corrections, flags: gate.flags };
  }
}

function toRanks(forms: readonly string[], list: readonly (number | null)[]): VocabularyRanks {
  return new Map(forms.flatMap((form, index) => (list[index] == null ? [] : [[form, list[index]] as const])));
}

/** A learner may write either dialect; the one with more signs counts, else British English. */
function detectDialect(text: string): Dialect {
  return (text.match(AMERICAN)?.length ?? 0) > (text.match(BRITISH)?.length ?? 0) ? 'american' : 'british';
}

function judge(
  input: EvaluationInput,
  { text, words, measures, corrections, flags }: AnalyzedText,
): CriterionResult[] {
  const { skill, feedbackLanguage: language } = input;
  const count = (category: Correction['category']): number =>
    corrections.filter((correction) => correction.category === category).length;
  const result = (
    name: Exclude<CriterionName, 'pronunciation'>,
    score: number,
    evidence: Evidence[] = [],
  ) => ({
    name,
    score,
    comment: commentOn(name, score, language),
    evidence,
  });
  return [
    judgeTask(input, words, flags),
    result('coherence', scoreCoherence(measures)),
    result(
      'vocabulary',
      scoreVocabulary(measures, count('vocabulary') + count('spelling')),
      toEvidence(text, corrections, ['vocabulary', 'spelling']),
    ),
    result(
      'grammar',
      scoreGrammar(measures, count('grammar') + 0.3 * count('mechanics')),
      toEvidence(text, corrections, ['grammar']),
    ),
    ...(skill === 'speaking' ? judgeSpeech(input, result) : []),
  ];
}

function judgeTask(
  input: EvaluationInput,
  words: readonly Word[],
  flags: readonly EvaluationFlag[],
): CriterionResult {
  const { prompt, minWords, feedbackLanguage } = input;
  const name = 'task_achievement';
  if (prompt === null || prompt.trim() === '')
    return { name, score: null, comment: explainNotJudged('no_prompt', feedbackLanguage), evidence: [] };
  const stems = new Set(words.map(({ normalized }) => stem(normalized)));
  const keywords = listPromptKeywords(prompt);
  const covered = keywords.filter((keyword) => stems.has(keyword)).length;
  const coverage = keywords.length < 2 ? 0.6 : covered / keywords.length;
  const score = flags.includes('off_topic') ? 0 : scoreTask(words.length, coverage, minWords);
  return { name, score, comment: commentOn(name, score, feedbackLanguage), evidence: [] };
}

function judgeSpeech(
  { words, feedbackLanguage }: EvaluationInput,
  result: (name: 'fluency', score: number) => CriterionResult,
): CriterionResult[] {
  const fluency: CriterionResult =
    words && words.length > 1
      ? result('fluency', scoreFluency(words))
      : {
          name: 'fluency',
          score: null,
          comment: explainNotJudged('no_word_times', feedbackLanguage),
          evidence: [],
        };
  const comment = explainNotJudged('no_audio', feedbackLanguage);
  return [fluency, { name: 'pronunciation', score: null, comment, evidence: [] }];
}

/** Quotes the places of at most three corrections. */
function toEvidence(
  text: string,
  corrections: readonly Correction[],
  categories: readonly string[],
): Evidence[] {
  return corrections
    .filter(({ category }) => categories.includes(category))
    .slice(0, 3)
    .map(({ start, end }) => ({ quote: text.slice(start, end), start, end }));
}

/** Returns the strongest and the weakest comment, and what the flags mean. */
export function writeFeedback(
  input: EvaluationInput,
  criteria: readonly CriterionResult[],
  flags: readonly EvaluationFlag[],
): string {
  const judged = criteria
    .filter(({ score }) => score !== null)
    .sort((one, other) => (one.score ?? 0) - (other.score ?? 0));
  const weakest = judged[0]?.comment;
  const strongest = judged.length > 1 ? judged.at(-1)?.comment : undefined;
  const notes = flags.map((flag) => explainFlag(flag, input.feedbackLanguage));
  return [strongest, weakest, ...notes].filter((part) => part !== undefined).join(' ');
}
