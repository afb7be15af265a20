import type { CourseTask } from '@/modules/xel/course/course.js';
import {
  type Question,
  type TaskContent,
  TASK_TYPES,
  type TaskType,
} from '@/modules/xel/course/course.schema.js';
import { questionSeed, toOptions, toShuffledItems } from '@/modules/xel/course/task-options.js';
import {
  MAX_SCORE,
  PROGRESS_STATUSES,
  type ProgressStatus,
  type TaskState,
  toTaskStatus,
  toTriesLeft,
} from '@/modules/xel/task-progress/task-progress.rules.js';
import { ApiSchema, ResponseField, ResponseListField } from '@/platform/openapi/index.js';

@ApiSchema({ name: 'XELTaskOption' })
export class XelTaskOption {
  @ResponseField('string', 'am')
  id!: string;

  @ResponseField('string', 'am')
  text!: string;
}

@ApiSchema({ name: 'XELTaskQuestion' })
export class XelTaskQuestion {
  @ResponseField('string', "Where is Kofi's home now?")
  prompt!: string;

  @ResponseListField(() => XelTaskOption)
  options!: XelTaskOption[];
}

/** What a learner sees of a task. Answers never leave the server before the solution is shown. */
@ApiSchema({ name: 'XELTask' })
export class XelTaskResponse {
  @ResponseField('string', 'a1-introductions-am-is-are')
  id!: string;

  @ResponseField('string', 'multiple_choice', { enum: TASK_TYPES })
  type!: TaskType;

  @ResponseField('string', 'I and the verb be')
  title!: string;

  @ResponseField('string', 'Choose the word for the gap: "Hello! I ___ Marco, from Italy."')
  prompt!: string;

  @ResponseField('integer', 1)
  order!: number;

  @ResponseField('integer', 100)
  max_score!: number;

  @ResponseField('string', 'not_started', { enum: PROGRESS_STATUSES })
  status!: ProgressStatus;

  @ResponseField('integer', 75, { nullable: true, description: 'Of scored tries.' })
  best_score!: number | null;

  @ResponseField('integer', 3, {
    description: 'Tries before the solution is shown. Later attempts are practice.',
  })
  tries_left!: number;

  @ResponseField('boolean', true, {
    description:
      'False for tasks that this server cannot offer: dictation without a speech provider, writing and speaking without evaluation.',
  })
  available!: boolean;

  @ResponseField('boolean', false, {
    description: 'You have read the text of the audio, so the task pays no XP.',
  })
  assisted!: boolean;

  @ResponseField('string', null, {
    nullable: true,
    description: 'The text of a `reading`; that of a `gap_fill`, with `___` for each gap.',
  })
  text!: string | null;

  @ResponseField('integer', null, { nullable: true, description: 'Number of gaps of a `gap_fill`.' })
  gaps!: number | null;

  @ResponseListField(() => XelTaskOption, undefined, 'Of a `multiple_choice`.')
  options!: XelTaskOption[];

  @ResponseListField(() => XelTaskOption, undefined, 'What to put in order, in an `ordering`.')
  items!: XelTaskOption[];

  @ResponseListField(() => XelTaskQuestion, undefined, 'Of a `reading` or `listening`.')
  questions!: XelTaskQuestion[];

  @ResponseField('string', null, {
    nullable: true,
    description: 'The audio of a `listening` or `dictation`.',
  })
  audio_url!: string | null;

  @ResponseListField('string', [], 'What a `writing` or `speaking` task asks for.')
  points!: string[];

  @ResponseField('integer', null, {
    nullable: true,
    description: 'Words of a `writing`, seconds of a `speaking`.',
  })
  min_length!: number | null;

  @ResponseField('integer', null, { nullable: true })
  max_length!: number | null;

  static from(task: CourseTask, state: TaskState | undefined, available: boolean): XelTaskResponse {
    const { type, title, prompt } = task.content;
    return {
      id: task.id,
      type,
      title,
      prompt,
      order: task.order,
      max_score: MAX_SCORE,
      status: toTaskStatus(state),
      best_score: state?.best_score ?? null,
      tries_left: toTriesLeft(state),
      available,
      assisted: state?.assisted ?? false,
      ...NO_MATERIAL,
      ...toMaterial(task.content),
    };
  }
}

type Material = Pick<
  XelTaskResponse,
  'text' | 'gaps' | 'options' | 'items' | 'questions' | 'audio_url' | 'points' | 'min_length' | 'max_length'
>;

const NO_MATERIAL: Readonly<Material> = {
  text: null,
  gaps: null,
  options: [],
  items: [],
  questions: [],
  audio_url: null,
  points: [],
  min_length: null,
  max_length: null,
};

/** Returns what the learner works with, without answers, hints and texts of audio. */
function toMaterial(content: TaskContent): Partial<Material> {
  const audio = { audio_url: `/api/xel/tasks/${content.id}/audio` };
  switch (content.type) {
    case 'multiple_choice':
      return { options: toOptions(content.id, content) };
    case 'gap_fill':
      return { text: content.text, gaps: content.gaps.length };
    case 'ordering':
      return { items: toShuffledItems(content) };
    case 'short_answer':
      return {};
    case 'reading':
      return { text: content.text, questions: toQuestions(content) };
    case 'listening':
      return { ...audio, questions: toQuestions(content) };
    case 'dictation':
      return audio;
    case 'writing':
      return { points: content.points, min_length: content.min_words, max_length: content.max_words };
    case 'speaking':
      return { points: content.points, min_length: content.min_seconds, max_length: content.max_seconds };
  }
}

function toQuestions({ id, questions }: { id: string; questions: Question[] }): XelTaskQuestion[] {
  return questions.map((question, index) => ({
    prompt: question.prompt,
    options: toOptions(questionSeed(id, index), question),
  }));
}
