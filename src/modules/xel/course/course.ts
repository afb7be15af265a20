import { MODULE_FILES } from './course-files.js';
import {
  CEFR_LEVELS,
  type CefrLevel,
  type ModuleContent,
  moduleSchema,
  type TaskContent,
} from './course.schema.js';
import { toVersion } from './slug.js';

/** A task, in a version of its content. */
export interface CourseTask {
  id: string;
  moduleId: string;
  /** From 1, in its module. */
  order: number;
  /** From 1 (A1) to 5 (C1). */
  difficulty: number;
  /** Hash of the content. Stored answers keep the version that they answered. */
  version: string;
  content: TaskContent;
}

export interface EnglishModule extends Omit<ModuleContent, 'tasks'> {
  tasks: readonly CourseTask[];
}

/** The tasks and modules of the course, which are part of the program. */
export class Course {
  private readonly modulesById: ReadonlyMap<string, EnglishModule>;
  private readonly tasksById: ReadonlyMap<string, CourseTask>;

  constructor(readonly modules: readonly EnglishModule[]) {
    this.modulesById = new Map(modules.map((module) => [module.id, module]));
    this.tasksById = new Map(modules.flatMap(({ tasks }) => tasks).map((task) => [task.id, task]));
  }

  /** Throws for files that do not follow the schema. */
  static fromFiles(files: readonly unknown[] = MODULE_FILES): Course {
    return new Course(files.map((file) => toModule(moduleSchema.parse(file))));
  }

  findModule(id: string): EnglishModule | undefined {
    return this.modulesById.get(id);
  }

  findTask(id: string): CourseTask | undefined {
    return this.tasksById.get(id);
  }

  ofLevel(level: CefrLevel): EnglishModule[] {
    return this.modules.filter((module) => module.level === level);
  }
}

function toModule({ tasks, ...module }: ModuleContent): EnglishModule {
  const difficulty = CEFR_LEVELS.indexOf(module.level) + 1;
  return {
    ...module,
    tasks: tasks.map((content, index) => ({
      id: content.id,
      moduleId: module.id,
      order: index + 1,
      difficulty,
      version: toVersion(content),
      content,
    })),
  };
}
