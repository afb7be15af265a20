import { z } from 'zod';
import { toStorableText } from '@/modules/conversations/index.js';
import { MODEL_CRITERIA } from './rubric.js';

/** Longer answers are no judgements. */
const MAX_ANSWER_CHARACTERS = 100_000;
const MAX_COMMENT = 600;
const MAX_CORRECTIONS = 60;

const text = (max: number): z.ZodType<string> =>
  z
    .string()
    .max(max)
    .transform((value) => toStorableText(value).trim());

const criterionSchema = z.object({
  name: z.enum(MODEL_CRITERIA),
  score: z.number().min(0).max(100).transform(Math.round),
  comment: text(2_000).transform((comment) => comment.slice(0, MAX_COMMENT).toWellFormed()),
  evidence: z.array(text(2_000)).min(1).max(10),
});

const correctionSchema = z.object({
  original: text(500).refine((original) => original !== ''),
  context: text(1_000).catch(''),
  suggestion: text(500),
  explanation: text(1_000).refine((explanation) => explanation !== ''),
  category: z.enum(['grammar', 'vocabulary', 'spelling', 'mechanics']),
});

/** A correction of another shape is left out, and costs nothing else. */
const correctionsSchema = z
  .array(correctionSchema.nullable().catch(null))
  .max(500)
  .transform((corrections) => corrections.filter((correction) => correction !== null))
  .transform((corrections) => corrections.slice(0, MAX_CORRECTIONS));

const answerSchema = z.object({
  criteria: z.array(criterionSchema).max(MODEL_CRITERIA.length),
  corrections: correctionsSchema,
  instructions: z.array(text(2_000)).max(50).catch([]),
});

export type JudgementAnswer = z.infer<typeof answerSchema>;
export type AnsweredCriterion = JudgementAnswer['criteria'][number];
export type AnsweredCorrection = JudgementAnswer['corrections'][number];

/** Returns the judgement of an answer, or undefined when the answer has another form. Text around the object is ignored. */
export function parseJudgementAnswer(content: string): JudgementAnswer | undefined {
  if (content.length > MAX_ANSWER_CHARACTERS) return undefined;
  const [start, end] = [content.indexOf('{'), content.lastIndexOf('}')];
  if (start < 0 || end < start) return undefined;
  try {
    return answerSchema.safeParse(JSON.parse(content.slice(start, end + 1))).data;
  } catch {
    return undefined;
  }
}
