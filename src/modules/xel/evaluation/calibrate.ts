import { z } from 'zod';
import { Calibration, type CalibrationFile } from './calibration/calibration.js';
import {
  findWidthFactor,
  type JudgedText,
  measureCoverage,
  MIN_TEXTS,
} from './calibration/conformal.rules.js';
import { DeterministicEvaluator, RUBRIC_VERSION } from './deterministic/deterministic-evaluator.js';
import { toAssumedHalf } from './deterministic/scoring.rules.js';
import type { Skill } from './evaluation.js';
import { GrammarChecker } from './grammar/grammar-checker.js';
import { listWords } from './text/words.js';

/** One line of the set: a text of a learner with the score that people gave. */
const lineSchema = z.object({
  skill: z.enum(['writing', 'speaking']),
  text: z.string().min(1).max(50_000),
  prompt: z.string().max(4_000).nullable().default(null),
  min_words: z.number().int().positive().nullable().default(null),
  score: z.number().min(0).max(100),
});

export interface CalibrationReport {
  file: CalibrationFile;
  /** Sentences about each skill, for the reader. */
  notes: string[];
}

/**
 * Evaluates a set of judged texts by rules, and measures how wide intervals have to be. `lines` are JSON; empty lines are skipped.
 * Throws for a line that is not valid, naming its number.
 */
export async function calibrate(lines: readonly string[]): Promise<CalibrationReport> {
  const checker = new GrammarChecker();
  const evaluator = new DeterministicEvaluator(checker, Calibration.none);
  const texts: Record<Skill, JudgedText[]> = { writing: [], speaking: [] };
  const refused: Record<Skill, number> = { writing: 0, speaking: 0 };
  try {
    for (const [index, line] of lines.entries()) {
      if (line.trim() === '') continue;
      const { skill, text, prompt, min_words: minWords, score: judged } = parseLine(line, index + 1);
      const input = { skill, text, prompt, minWords, words: null, feedbackLanguage: 'en' };
      const result = await evaluator.evaluate('calibration', input);
      if (result.status !== 'done') refused[skill] += 1;
      else {
        const assumedHalf = toAssumedHalf(listWords(text).length);
        texts[skill].push({ judged, score: result.overallScore, assumedHalf });
      }
    }
  } finally {
    await checker.onApplicationShutdown();
  }
  return report(texts, refused);
}

function parseLine(line: string, number: number): z.infer<typeof lineSchema> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Error(`Line ${number} is not valid JSON.`);
  }
  const parsed = lineSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`Line ${number}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

function report(texts: Record<Skill, JudgedText[]>, refused: Record<Skill, number>): CalibrationReport {
  const file: CalibrationFile = { rubric_version: RUBRIC_VERSION, skills: {} };
  const notes: string[] = [];
  for (const skill of ['writing', 'speaking'] as const) {
    const judged = texts[skill];
    if (judged.length + refused[skill] === 0) continue;
    const count = `${skill}: ${judged.length} texts were judged, ${refused[skill]} could not be evaluated`;
    if (judged.length < MIN_TEXTS) {
      notes.push(`${count}. At least ${MIN_TEXTS} are needed, so its intervals stay uncalibrated.`);
      continue;
    }
    const [factor, coverage] = [findWidthFactor(judged), measureCoverage(judged)];
    file.skills[skill] = { texts: judged.length, factor: Math.max(factor, Number.EPSILON), coverage };
    const half = (factor * toAssumedHalf(150)).toFixed(1);
    notes.push(
      `${count}; ${(coverage * 100).toFixed(0)} % of the scores are inside, and a text of 150 words has ± ${half} points.`,
    );
  }
  return { file, notes };
}
