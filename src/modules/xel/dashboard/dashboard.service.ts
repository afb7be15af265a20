import { Injectable } from '@nestjs/common';
import type { Actor } from '@/platform/access/index.js';
import { Course, type EnglishModule } from '../course/course.js';
import { CEFR_LEVELS, type CefrLevel } from '../course/course.schema.js';
import { XelModuleSummary } from '../modules/dto/module.responses.js';
import { PlacementService } from '../placement/placement.service.js';
import { ReviewsService } from '../reviews/reviews.service.js';
import { AttemptRepository } from '../submissions/persistence/attempt.repository.js';
import { LearnerProgressService } from '../task-progress/learner-progress.service.js';
import type { ModuleState, TaskStates } from '../task-progress/task-progress.rules.js';
import { XelActivity, type XelDashboardResponse } from './dto/dashboard.response.js';

const RECENT_ATTEMPTS = 10;

interface ModuleWithState {
  module: EnglishModule;
  state: ModuleState;
}

/** An overview of what a learner has done, and of what comes next. */
@Injectable()
export class DashboardService {
  constructor(
    private readonly course: Course,
    private readonly progress: LearnerProgressService,
    private readonly attempts: AttemptRepository,
    private readonly placements: PlacementService,
    private readonly reviews: ReviewsService,
  ) {}

  async get(actor: Actor): Promise<XelDashboardResponse> {
    const { userId } = actor;
    const states = await this.progress.load(userId);
    const attempts = await this.attempts.list(userId, { after: null, take: RECENT_ATTEMPTS });
    const placement = await this.placements.findResult(userId);
    const modules = this.course.modules.map((module) => ({
      module,
      state: this.progress.toModuleState(module, states),
    }));
    const level = findCurrentLevel(modules, placement?.cefr ?? 'A1');
    const next = findNextModule(modules, level);
    return {
      modules_total: modules.length,
      modules_completed: modules.filter(isCompleted).length,
      tasks_total: sum(modules.map(({ state }) => state.totalTasks)),
      tasks_completed: sum(modules.map(({ state }) => state.completedTasks)),
      average_score: averageScore(states),
      current_level: level,
      placement,
      reviews: await this.reviews.count(actor),
      next_module: next ? XelModuleSummary.from(next.module, next.state) : null,
      recent_activity: attempts.map((attempt) =>
        XelActivity.from(attempt, this.course.findTask(attempt.task_id)?.content.title ?? null),
      ),
    };
  }
}

function isCompleted({ state }: ModuleWithState): boolean {
  return state.status === 'completed';
}

/** Returns the first level from `start` on that has a module to complete; the highest one when none has. */
function findCurrentLevel(modules: readonly ModuleWithState[], start: CefrLevel): CefrLevel {
  const levels = CEFR_LEVELS.slice(CEFR_LEVELS.indexOf(start));
  const open = levels.find((level) =>
    modules.some((entry) => entry.module.level === level && !isCompleted(entry)),
  );
  return open ?? 'C1';
}

/** Returns a module that was begun, else the first one of the level, else the first one of the course. */
function findNextModule(modules: readonly ModuleWithState[], level: CefrLevel): ModuleWithState | undefined {
  const open = modules.filter((entry) => !isCompleted(entry));
  return (
    open.find(({ module, state }) => module.level === level && state.status === 'in_progress') ??
    open.find(({ module }) => module.level === level) ??
    open[0]
  );
}

function averageScore(states: TaskStates): number | null {
  const scores = [...states.values()].flatMap(({ best_score }) => (best_score === null ? [] : [best_score]));
  return scores.length === 0 ? null : Math.round(sum(scores) / scores.length);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
