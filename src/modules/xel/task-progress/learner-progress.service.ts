import { Injectable } from '@nestjs/common';
import { Course, type EnglishModule } from '../course/course.js';
import { TaskProgressRepository } from './persistence/task-progress.repository.js';
import { TaskAvailability } from './task-availability.js';
import { type ModuleState, type TaskStates, toModuleState } from './task-progress.rules.js';

/** Reads the progress of learners. */
@Injectable()
export class LearnerProgressService {
  constructor(
    private readonly progress: TaskProgressRepository,
    private readonly availability: TaskAvailability,
    private readonly course: Course,
  ) {}

  async load(userId: string): Promise<TaskStates> {
    const rows = await this.progress.list(userId);
    return new Map(rows.map((row) => [row.task_id, row]));
  }

  toModuleState(module: EnglishModule, states: TaskStates): ModuleState {
    return toModuleState(module, states, (task) => this.availability.isAvailable(task));
  }

  /** Returns the ids of the tasks that complete a module. */
  listNeededTaskIds(moduleId: string): string[] {
    const tasks = this.course.findModule(moduleId)?.tasks ?? [];
    return tasks.filter((task) => this.availability.isAvailable(task)).map(({ id }) => id);
  }
}
