import type { EnglishModule } from '@/modules/xel/course/course.js';
import {
  MAX_SCORE,
  type ModuleState,
  PROGRESS_STATUSES,
  type ProgressStatus,
} from '@/modules/xel/task-progress/task-progress.rules.js';
import { ApiSchema, ResponseField, ResponseIdField, ResponseListField } from '@/platform/openapi/index.js';

@ApiSchema({ name: 'XELSubmissionProgress' })
export class XelSubmissionProgress {
  @ResponseField('string', 'a1-introductions')
  module_id!: string;

  @ResponseField('integer', 5)
  total_tasks!: number;

  @ResponseField('integer', 1)
  completed_tasks!: number;

  @ResponseField('integer', 20)
  progress_percent!: number;

  @ResponseField('string', 'in_progress', { enum: PROGRESS_STATUSES })
  status!: ProgressStatus;

  static from({ id }: EnglishModule, state: ModuleState): XelSubmissionProgress {
    return {
      module_id: id,
      total_tasks: state.totalTasks,
      completed_tasks: state.completedTasks,
      progress_percent: state.percent,
      status: state.status,
    };
  }
}

@ApiSchema({ name: 'XELSubmissionPart' })
export class XelSubmissionPart {
  @ResponseField('integer', 1, { description: 'Number of the gap or question.' })
  n!: number;

  @ResponseField('boolean', false)
  correct!: boolean;

  @ResponseField('string', 'Which form goes with she?', { nullable: true })
  feedback!: string | null;
}

@ApiSchema({ name: 'XELSolution' })
export class XelSolution {
  @ResponseField('object', 'am', { description: 'A `response` with the full score.' })
  response!: string | string[];

  @ResponseField('string', 'am')
  text!: string;

  @ResponseField('string', 'The forms of be are: I am, you are, he/she/it is, we are, they are.')
  explanation!: string;
}

@ApiSchema({ name: 'XELSubmissionResponse' })
export class XelSubmissionResponse {
  @ResponseField('string', 'a1-introductions-am-is-are')
  task_id!: string;

  @ResponseIdField({ nullable: true, description: 'Null when the response could not be evaluated.' })
  attempt_id!: string | null;

  @ResponseField('string', '5f0a3c1de2b84f77', { description: 'Version of the content that was answered.' })
  task_version!: string;

  @ResponseField('integer', 100)
  score!: number;

  @ResponseField('integer', MAX_SCORE)
  max_score!: number;

  @ResponseField('boolean', true)
  passed!: boolean;

  @ResponseField('boolean', true, {
    description: 'It counts as one of three tries. An attempt after the solution was shown is practice.',
  })
  scored!: boolean;

  @ResponseField('boolean', false, {
    description: 'You had read the text of the audio: the task pays no XP.',
  })
  assisted!: boolean;

  @ResponseField('string', 'Correct!')
  feedback!: string;

  @ResponseListField(() => XelSubmissionPart, undefined, 'The gaps or questions of the task.')
  parts!: XelSubmissionPart[];

  @ResponseField(() => XelSubmissionProgress)
  progress!: XelSubmissionProgress;

  @ResponseField('integer', 100, { nullable: true })
  best_score!: number | null;

  @ResponseField('integer', 10, { description: 'Only the first right try pays XP.' })
  xp_awarded!: number;

  @ResponseField('integer', 0)
  tries_left!: number;

  @ResponseField(() => XelSolution, undefined, {
    nullable: true,
    description: 'After success or three tries. Open tasks have none.',
  })
  solution!: XelSolution | null;

  @ResponseIdField({ nullable: true, description: 'Of an open task.' })
  evaluation_id!: string | null;
}

@ApiSchema({ name: 'XELPendingSubmissionResponse' })
export class XelPendingSubmissionResponse {
  @ResponseIdField()
  id!: string;

  @ResponseField('string', 'queued', { enum: ['queued', 'running'] })
  status!: 'queued' | 'running';

  @ResponseIdField()
  evaluation_id!: string;
}
