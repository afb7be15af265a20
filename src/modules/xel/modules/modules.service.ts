import { Injectable } from '@nestjs/common';
import type { Actor } from '@/platform/access/index.js';
import { Course, type EnglishModule } from '../course/course.js';
import { LearnerProgressService } from '../task-progress/learner-progress.service.js';
import { TaskAvailability } from '../task-progress/task-availability.js';
import type { TaskStates } from '../task-progress/task-progress.rules.js';
import { xelErrors } from '../xel.errors.js';
import { XelModuleResponse, XelModuleSummary, type XelPrerequisite } from './dto/module.responses.js';
import { XelTaskResponse } from './dto/task.response.js';

/** The modules of the course, with the progress of the caller. */
@Injectable()
export class EnglishModulesService {
  constructor(
    private readonly course: Course,
    private readonly progress: LearnerProgressService,
    private readonly availability: TaskAvailability,
  ) {}

  async list({ userId }: Actor): Promise<XelModuleSummary[]> {
    const states = await this.progress.load(userId);
    return this.course.modules.map((module) => this.summarize(module, states));
  }

  async find({ userId }: Actor, id: string): Promise<XelModuleResponse> {
    const module = this.course.findModule(id);
    if (!module) throw xelErrors.xel_module_not_found();
    const states = await this.progress.load(userId);
    return {
      ...this.summarize(module, states),
      description: module.description,
      can_do: module.can_do,
      estimated_minutes: module.minutes,
      prerequisites: this.listPrerequisites(module, states),
      tasks: module.tasks.map((task) =>
        XelTaskResponse.from(task, states.get(task.id), this.availability.isAvailable(task)),
      ),
    };
  }

  private summarize(module: EnglishModule, states: TaskStates): XelModuleSummary {
    return XelModuleSummary.from(module, this.progress.toModuleState(module, states));
  }

  private listPrerequisites({ prerequisites }: EnglishModule, states: TaskStates): XelPrerequisite[] {
    return prerequisites.flatMap((id) => {
      const module = this.course.findModule(id);
      if (!module) return [];
      const { status } = this.progress.toModuleState(module, states);
      return [{ id, title: module.title, completed: status === 'completed' }];
    });
  }
}
