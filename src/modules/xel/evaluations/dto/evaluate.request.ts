import { SKILLS } from '@/modules/xel/evaluation/evaluation.js';
import {
  customRule,
  EnumField,
  IdField,
  NumberField,
  ObjectListField,
  TextField,
  UnionField,
} from '@/platform/validation/index.js';

/** Fields of a form with a recording. */
export const EVALUATION_FORM = {
  fields: ['skill', 'task_id', 'prompt', 'language', 'feedback_language', 'previous_evaluation_id'],
  jsonFields: [],
};

const isFileFacts = customRule<object>('file', 'must be a file', (value) => typeof value === 'object');

export class XelTimedWord {
  @TextField({ max: 100, example: 'yesterday' })
  word!: string;

  @NumberField({ min: 0, max: 86_400, example: 1.2, description: 'Seconds from the start of the recording.' })
  start!: number;

  @NumberField({ min: 0, max: 86_400, example: 1.7 })
  end!: number;
}

export class XelEvaluationRequest {
  @EnumField(SKILLS, { example: 'writing' })
  skill!: 'speaking' | 'writing';

  @TextField({
    optional: true,
    max: 20_000,
    description: 'The text of the learner, for `writing`.',
    example:
      'Last summer I went to Spain with my friends. We stayed in a small hotel near the beach and swam every day.',
  })
  text?: string;

  @TextField({ optional: true, max: 20_000, description: 'What the learner said, for `speaking`.' })
  transcript?: string;

  @IdField({
    optional: true,
    description:
      'Instead of `transcript`: a transcript of a live session that the server kept. What you said in it is evaluated.',
  })
  transcript_id?: string;

  /** The facts of the file, which UploadInterceptor has read; the file itself is injected. */
  @UnionField([isFileFacts], {
    optional: true,
    schema: { type: 'string', format: 'binary' },
    description:
      'Instead of `transcript`, in a form, with a speech provider: a recording of at most five minutes, as WAV, or Opus in Ogg or WebM. It is not stored.',
  })
  file?: { filename: string; size: number; sha256: string };

  @ObjectListField(() => XelTimedWord, {
    optional: true,
    maxItems: 5_000,
    description: 'The words of the transcript with their times, in order; fluency is judged by them.',
  })
  words?: XelTimedWord[];

  @TextField({
    optional: true,
    max: 64,
    description: 'A writing or speaking task of the course; its prompt is used.',
  })
  task_id?: string;

  @TextField({
    optional: true,
    max: 2_000,
    description: 'What the learner was asked to do, when it is no task of the course.',
  })
  prompt?: string;

  @TextField({
    optional: true,
    max: 35,
    description: 'The language that is judged: only `en`.',
    example: 'en',
  })
  language?: string;

  @TextField({
    optional: true,
    max: 35,
    pattern: /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/,
    patternMessage: 'must be a language tag such as en or pt-BR',
    description:
      'The language of explanations: `en`, `de`, `es` or `pt`, else English. By default that of the profile.',
  })
  feedback_language?: string;

  @IdField({
    optional: true,
    description:
      'One of your earlier evaluations of the same skill and task: `comparison` says which errors were fixed.',
  })
  previous_evaluation_id?: string;
}
