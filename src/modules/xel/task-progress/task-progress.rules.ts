import type { EnglishModule, CourseTask } from '../course/course.js';

/** Attempts that are scored; after them the solution is shown. */
export const MAX_TRIES = 3;

/** Of every task. */
export const MAX_SCORE = 100;

export type ProgressStatus = 'not_started' | 'in_progress' | 'completed';
export const PROGRESS_STATUSES: readonly ProgressStatus[] = ['not_started', 'in_progress', 'completed'];

/** What a user has done in a task. */
export interface TaskState {
  task_id: string;
  tries: number;
  best_score: number | null;
  assisted: boolean;
  completed: boolean;
  solution_shown: boolean;
}

/** Progress by task. */
export type TaskStates = ReadonlyMap<string, TaskState>;

export interface ModuleState {
  totalTasks: number;
  completedTasks: number;
  percent: number;
  status: ProgressStatus;
}

export function toTaskStatus(state: TaskState | undefined): ProgressStatus {
  if (state?.completed) return 'completed';
  return state && (state.tries > 0 || state.solution_shown) ? 'in_progress' : 'not_started';
}

export function toTriesLeft(state: TaskState | undefined): number {
  if (!state) return MAX_TRIES;
  return state.solution_shown ? 0 : MAX_TRIES - state.tries;
}

/**
 * Returns the progress in a module. Tasks that this server cannot offer do not count, unless they were completed while it
 * could: nothing that the server lacks keeps a learner from completing a module.
 */
export function toModuleState(
  { tasks }: Pick<EnglishModule, 'tasks'>,
  states: TaskStates,
  isAvailable: (task: CourseTask) => boolean,
): ModuleState {
  const completed = tasks.filter(({ id }) => states.get(id)?.completed);
  const counted = tasks.filter((task) => isAvailable(task) || completed.includes(task));
  const started = tasks.some(({ id }) => toTaskStatus(states.get(id)) !== 'not_started');
  const isCompleted = counted.length > 0 && completed.length === counted.length;
  return {
    totalTasks: counted.length,
    completedTasks: completed.length,
    percent: counted.length === 0 ? 0 : Math.floor((100 * completed.length) / counted.length),
    status: isCompleted ? 'completed' : started ? 'in_progress' : 'not_started',
  };
}
