import { z } from 'zod';

export const CEFR_LEVELS = ['A1', 'A2', 'B1', 'B2', 'C1'] as const;
export type CefrLevel = (typeof CEFR_LEVELS)[number];

export const SKILLS = ['grammar', 'vocabulary', 'reading', 'listening', 'writing', 'speaking'] as const;
export type Skill = (typeof SKILLS)[number];

const slug = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  .max(64);
const text = z.string().trim().min(1).max(4000);
const line = z.string().trim().min(1).max(300);
/** Feedback by wrong answer. */
const mistakes = z.record(line, line);
const answers = z.array(line).min(1).max(12);

const question = z.strictObject({
  prompt: line,
  answer: line,
  wrong: mistakes,
});

const gap = z.strictObject({ answers, hint: line, mistakes: mistakes.default({}) });

const common = { id: slug, title: line, prompt: text };
const closed = { ...common, explanation: text };
const open = { ...common, points: z.array(line).min(1).max(6) };

const taskSchema = z.discriminatedUnion('type', [
  z.strictObject({ ...closed, type: z.literal('multiple_choice'), answer: line, wrong: mistakes }),
  z.strictObject({ ...closed, type: z.literal('gap_fill'), text, gaps: z.array(gap).min(1).max(12) }),
  z.strictObject({
    ...closed,
    type: z.literal('ordering'),
    items: z.array(line).min(3).max(12),
    /** Other right orders of the same items. */
    also: z.array(z.array(line)).default([]),
    hint: line,
  }),
  z.strictObject({
    ...closed,
    type: z.literal('short_answer'),
    answers,
    hint: line,
    mistakes: mistakes.default({}),
  }),
  z.strictObject({ ...closed, type: z.literal('reading'), text, questions: z.array(question).min(1).max(6) }),
  z.strictObject({
    ...closed,
    type: z.literal('listening'),
    script: text,
    questions: z.array(question).min(1).max(6),
  }),
  z.strictObject({ ...closed, type: z.literal('dictation'), script: line, hint: line }),
  z.strictObject({
    ...open,
    type: z.literal('writing'),
    min_words: z.int().positive(),
    max_words: z.int().positive(),
  }),
  z.strictObject({
    ...open,
    type: z.literal('speaking'),
    min_seconds: z.int().positive(),
    max_seconds: z.int().positive(),
  }),
]);

export const moduleSchema = z.strictObject({
  id: slug,
  title: line,
  level: z.enum(CEFR_LEVELS),
  skill: z.enum(SKILLS),
  minutes: z.int().min(5).max(180),
  description: text,
  can_do: z.array(line).min(1).max(6),
  prerequisites: z.array(slug),
  tasks: z.array(taskSchema).min(6).max(20),
});

export const placementSchema = z.strictObject({
  prompt: line,
  items: z
    .array(
      z.strictObject({
        id: slug,
        level: z.enum(CEFR_LEVELS),
        difficulty: z.number().min(-8).max(8),
        prompt: line,
        answer: line,
        wrong: z.array(line).length(3),
      }),
    )
    .min(30),
});

export type TaskContent = z.infer<typeof taskSchema>;
export type TaskType = TaskContent['type'];
export type ContentOf<Type extends TaskType> = Extract<TaskContent, { type: Type }>;
export type Question = z.infer<typeof question>;
export type Gap = z.infer<typeof gap>;
export type ModuleContent = z.infer<typeof moduleSchema>;
export type PlacementContent = z.infer<typeof placementSchema>;

export const TASK_TYPES = [
  'multiple_choice',
  'gap_fill',
  'ordering',
  'short_answer',
  'reading',
  'writing',
  'speaking',
  'listening',
  'dictation',
] as const satisfies readonly TaskType[];
