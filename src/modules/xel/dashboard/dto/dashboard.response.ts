import { CEFR_LEVELS, type CefrLevel } from '@/modules/xel/course/course.schema.js';
import { XelModuleSummary } from '@/modules/xel/modules/dto/module.responses.js';
import { XelPlacementResult } from '@/modules/xel/placement/dto/placement.dto.js';
import { XelReviewCounts } from '@/modules/xel/reviews/dto/review-counts.response.js';
import type { Attempt } from '@/modules/xel/submissions/persistence/attempt.entity.js';
import { MAX_SCORE } from '@/modules/xel/task-progress/task-progress.rules.js';
import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseListField,
  ResponseTimestampField,
} from '@/platform/openapi/index.js';

@ApiSchema({ name: 'XELActivity' })
export class XelActivity {
  @ResponseIdField()
  attempt_id!: string;

  @ResponseField('string', 'a1-introductions')
  module_id!: string;

  @ResponseField('string', 'a1-introductions-am-is-are')
  task_id!: string;

  @ResponseField('string', 'I and the verb be', {
    nullable: true,
    description: 'Null for a task that the course does not have any more.',
  })
  title!: string | null;

  @ResponseField('integer', 100)
  score!: number;

  @ResponseField('integer', MAX_SCORE)
  max_score!: number;

  @ResponseField('boolean', true)
  passed!: boolean;

  @ResponseField('integer', 10)
  xp_awarded!: number;

  @ResponseTimestampField()
  created_at!: string;

  static from(attempt: Attempt, title: string | null): XelActivity {
    const { id, module_id, task_id, score, passed, xp_awarded, created_at } = attempt;
    const activity = {
      attempt_id: id,
      module_id,
      task_id,
      title,
      score,
      max_score: MAX_SCORE,
      passed,
      xp_awarded,
    };
    return { ...activity, created_at: created_at.toISOString() };
  }
}

@ApiSchema({ name: 'XELDashboardResponse' })
export class XelDashboardResponse {
  @ResponseField('integer', 18)
  modules_total!: number;

  @ResponseField('integer', 1)
  modules_completed!: number;

  @ResponseField('integer', 92, {
    description: 'Tasks that this server can offer, and those that you have completed.',
  })
  tasks_total!: number;

  @ResponseField('integer', 7)
  tasks_completed!: number;

  @ResponseField('integer', 86, {
    nullable: true,
    description: 'Mean of the best scores of the tasks that you tried.',
  })
  average_score!: number | null;

  @ResponseField('string', 'A2', {
    enum: CEFR_LEVELS,
    description: 'The first level with modules to complete, from that of your placement test on.',
  })
  current_level!: CefrLevel;

  @ResponseField(() => XelPlacementResult, undefined, {
    nullable: true,
    description: 'Of the last placement test.',
  })
  placement!: XelPlacementResult | null;

  @ResponseField(() => XelReviewCounts, undefined, { description: 'What `GET /api/xel/reviews` lists.' })
  reviews!: XelReviewCounts;

  @ResponseField(() => XelModuleSummary, undefined, {
    nullable: true,
    description: 'The module to do next; null when all are completed.',
  })
  next_module!: XelModuleSummary | null;

  @ResponseListField(() => XelActivity, undefined, 'The last ten attempts, newest first.')
  recent_activity!: XelActivity[];
}
