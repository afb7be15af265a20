import type { EnglishModule } from '@/modules/xel/course/course.js';
import { CEFR_LEVELS, type CefrLevel, type Skill, SKILLS } from '@/modules/xel/course/course.schema.js';
import {
  type ModuleState,
  PROGRESS_STATUSES,
  type ProgressStatus,
} from '@/modules/xel/task-progress/task-progress.rules.js';
import { ApiSchema, ResponseField, ResponseListField } from '@/platform/openapi/index.js';
import { XelTaskResponse } from './task.response.js';

@ApiSchema({ name: 'XELModuleSummary' })
export class XelModuleSummary {
  @ResponseField('string', 'a1-introductions')
  id!: string;

  @ResponseField('string', "Hello, I'm Ana")
  title!: string;

  @ResponseField('string', 'A1', { enum: CEFR_LEVELS })
  level!: CefrLevel;

  @ResponseField('string', 'grammar', { enum: SKILLS })
  skill!: Skill;

  @ResponseField('integer', 5, {
    description: 'Tasks that this server can offer, and those that you have completed.',
  })
  total_tasks!: number;

  @ResponseField('integer', 2)
  completed_tasks!: number;

  @ResponseField('integer', 40)
  progress_percent!: number;

  @ResponseField('string', 'in_progress', { enum: PROGRESS_STATUSES })
  status!: ProgressStatus;

  static from({ id, title, level, skill }: EnglishModule, state: ModuleState): XelModuleSummary {
    return {
      id,
      title,
      level,
      skill,
      total_tasks: state.totalTasks,
      completed_tasks: state.completedTasks,
      progress_percent: state.percent,
      status: state.status,
    };
  }
}

@ApiSchema({ name: 'XELPrerequisite' })
export class XelPrerequisite {
  @ResponseField('string', 'a1-introductions')
  id!: string;

  @ResponseField('string', "Hello, I'm Ana")
  title!: string;

  @ResponseField('boolean', true)
  completed!: boolean;
}

@ApiSchema({ name: 'XELModuleResponse' })
export class XelModuleResponse extends XelModuleSummary {
  @ResponseField('string', 'Say who you are, where you come from and what you do, with the verb be.')
  description!: string;

  @ResponseListField('string', ['I can introduce myself and say where I come from.'])
  can_do!: string[];

  @ResponseField('integer', 25)
  estimated_minutes!: number;

  @ResponseListField(
    () => XelPrerequisite,
    undefined,
    'Modules to do first. They are advice: no task is refused.',
  )
  prerequisites!: XelPrerequisite[];

  @ResponseListField(() => XelTaskResponse)
  tasks!: XelTaskResponse[];
}
